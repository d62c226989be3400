-- The runs at work, a handful among all that ever were: sweeps and pages ask for them again and again.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "Run_active_idx" ON "Run"("shop") WHERE "status" IN ('queued', 'running');
