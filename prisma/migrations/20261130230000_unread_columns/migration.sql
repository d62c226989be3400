-- Nothing reads these, and the new code does not write them: the old code, which still asks for a value, finds one.
-- The release that follows drops them, and `searchTerm`, `seed`, `offBy`, `onBy`, `currentPeriodEnd` and a conversion's `arm`.
-- What visitors searched for is erased now, as no export of a person's data names it any more.
UPDATE "BrowseEvent" SET "searchTerm" = NULL WHERE "searchTerm" IS NOT NULL;
ALTER TABLE "LeftOutDays" ALTER COLUMN "notedBy" SET DEFAULT '';
ALTER TABLE "Erasure" ALTER COLUMN "askedBy" SET DEFAULT '';
ALTER TABLE "SavedView" ALTER COLUMN "savedAt" SET DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE "TrainingCheckpoint" ALTER COLUMN "savedAt" SET DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE "OrderImport" ALTER COLUMN "receivedAt" SET DEFAULT CURRENT_TIMESTAMP;
