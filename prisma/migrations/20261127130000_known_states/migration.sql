-- The states of app/domain/bundle-status.ts and app/domain/run-status.ts. Not looked through yet, so that the tables are
-- locked for an instant only. A further state comes in by a migration that replaces the constraint before any process
-- writes it.
ALTER TABLE "Bundle" ADD CONSTRAINT "Bundle_status_known"
  CHECK ("status" IN ('proposed', 'approved', 'rejected', 'published', 'paused', 'retired')) NOT VALID;
ALTER TABLE "Run" ADD CONSTRAINT "Run_status_known"
  CHECK ("status" IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')) NOT VALID;
