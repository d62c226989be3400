-- The key of a partitioned table holds what it is partitioned by.
SET statement_timeout = 0;

CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "BrowseEvent_before_pkey" ON "BrowseEvent"("shop", "eventId", "occurredAt");
