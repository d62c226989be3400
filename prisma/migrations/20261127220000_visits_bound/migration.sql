-- Visits are to lie in partitions by month. The tables as they are become the first partition, up to a month that has
-- not begun, and PostgreSQL is to know already then that they hold nothing of it, so that nobody waits for a scan.
-- Prisma cuts a file at each semicolon, in a string as well, so that a block writes them as \073.
SET statement_timeout = 0;

DO E'
DECLARE
  bound timestamp := date_trunc(''month'', now() AT TIME ZONE ''UTC'') + interval ''2 months''\073
BEGIN
  EXECUTE format(''ALTER TABLE "BrowseEvent" ADD CONSTRAINT "BrowseEvent_bound" CHECK ("occurredAt" < %L) NOT VALID'', bound)\073
  EXECUTE format(''ALTER TABLE "CartSnapshot" ADD CONSTRAINT "CartSnapshot_bound" CHECK ("updatedAt" < %L) NOT VALID'', bound)\073
END';

ALTER TABLE "BrowseEvent" VALIDATE CONSTRAINT "BrowseEvent_bound";
ALTER TABLE "CartSnapshot" VALIDATE CONSTRAINT "CartSnapshot_bound";
