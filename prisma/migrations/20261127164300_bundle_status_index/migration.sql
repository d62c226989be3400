-- Two others begin with the same columns.
DROP INDEX CONCURRENTLY IF EXISTS "Bundle_shop_status_idx";
