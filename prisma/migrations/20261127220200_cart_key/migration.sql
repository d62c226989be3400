SET statement_timeout = 0;

CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "CartSnapshot_before_pkey" ON "CartSnapshot"("shop", "webhookId", "updatedAt");
