-- Deleting a run looks for the bundles that point to it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "Bundle_runId_idx" ON "Bundle"("runId");
