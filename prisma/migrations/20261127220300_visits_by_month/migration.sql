-- All in one statement, so that nobody ever finds no table. Nothing is read or written of the rows: the old table with its
-- indexes becomes the first partition. What no other partition takes goes to the default one, and is not lost.
DO E'
DECLARE
  visits record\073
  secondary record\073
  bound timestamp\073
BEGIN
  FOR visits IN SELECT * FROM (VALUES
    (''BrowseEvent'', ''eventId'', ''occurredAt''), (''CartSnapshot'', ''webhookId'', ''updatedAt'')) v("name", "id", "at")
  LOOP
    EXECUTE format(''LOCK TABLE %I IN ACCESS EXCLUSIVE MODE'', visits."name")\073
    SELECT substring(pg_get_constraintdef("oid") FROM ''\\d{4}-\\d\\d-\\d\\d'')::timestamp INTO STRICT bound
      FROM pg_constraint WHERE "conname" = visits."name" || ''_bound''\073
    CREATE TEMP TABLE secondary_index ON COMMIT DROP AS SELECT "indexname"::text, "indexdef" FROM pg_indexes
      WHERE "schemaname" = current_schema() AND "tablename" = visits."name" AND "indexname" NOT LIKE ''%pkey''\073
    FOR secondary IN SELECT * FROM secondary_index LOOP
      EXECUTE format(''ALTER INDEX %I RENAME TO %I'', secondary."indexname", secondary."indexname" || ''_before'')\073
    END LOOP\073
    EXECUTE format(''ALTER TABLE %I DROP CONSTRAINT %I'', visits."name", visits."name" || ''_pkey'')\073
    EXECUTE format(''ALTER TABLE %I ADD CONSTRAINT %2$I PRIMARY KEY USING INDEX %2$I'', visits."name", visits."name" || ''_before_pkey'')\073
    EXECUTE format(''ALTER TABLE %I RENAME TO %I'', visits."name", visits."name" || ''_before'')\073
    EXECUTE format(''CREATE TABLE %I (LIKE %I) PARTITION BY RANGE (%I)'', visits."name", visits."name" || ''_before'', visits."at")\073
    EXECUTE format(''ALTER TABLE %I ADD CONSTRAINT %I PRIMARY KEY ("shop", %I, %I)'', visits."name", visits."name" || ''_pkey'', visits."id", visits."at")\073
    FOR secondary IN SELECT * FROM secondary_index LOOP
      EXECUTE secondary."indexdef"\073
    END LOOP\073
    EXECUTE format(''ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (MINVALUE) TO (%L)'', visits."name", visits."name" || ''_before'', bound)\073
    EXECUTE format(''ALTER TABLE %I DROP CONSTRAINT %I'', visits."name" || ''_before'', visits."name" || ''_bound'')\073
    EXECUTE format(''CREATE TABLE %I PARTITION OF %I DEFAULT'', visits."name" || ''_default'', visits."name")\073
    DROP TABLE secondary_index\073
  END LOOP\073
END';
