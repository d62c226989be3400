-- Deleting a run looks for its models.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "Model_runId_idx" ON "Model"("runId");
