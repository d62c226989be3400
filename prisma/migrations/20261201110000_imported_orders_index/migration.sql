-- The orders of files alone: whether a shop has any as old is asked with each count of its orders, and most have none.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "Order_import_idx" ON "Order"("shop", "placedAt") WHERE "source" = 'import';
