-- No statement of the release before names these: what Prisma writes there names what it is given, and reads what is selected.
-- The visits come first, since whoever waits behind a long reading of them should hold no other table meanwhile.
-- squawk-ignore ban-drop-column
ALTER TABLE "BrowseEvent" DROP COLUMN "searchTerm";
-- squawk-ignore ban-drop-column
ALTER TABLE "Model" DROP COLUMN "seed";
-- squawk-ignore ban-drop-column
ALTER TABLE "Conversion" DROP COLUMN "arm";
-- squawk-ignore ban-drop-column
ALTER TABLE "TrainingCheckpoint" DROP COLUMN "savedAt";
-- squawk-ignore ban-drop-column
ALTER TABLE "OrderImport" DROP COLUMN "receivedAt";
