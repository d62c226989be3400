-- The code of the release before knows none of these: its Prisma was told to leave them alone.
-- squawk-ignore ban-drop-column
ALTER TABLE "Publication" DROP COLUMN "offBy";
-- squawk-ignore ban-drop-column
ALTER TABLE "LeftOutDays" DROP COLUMN "notedBy";
-- squawk-ignore ban-drop-column
ALTER TABLE "Erasure" DROP COLUMN "askedBy";
-- squawk-ignore ban-drop-column
ALTER TABLE "SavedView" DROP COLUMN "savedAt";
-- squawk-ignore ban-drop-column
ALTER TABLE "Subscription" DROP COLUMN "currentPeriodEnd";
-- squawk-ignore ban-drop-column
ALTER TABLE "Autopilot" DROP COLUMN "onBy";
