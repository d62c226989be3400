-- Networks of runs before 28 November 2026, which nothing writes or reads. Only jobs of workers name the column, to empty
-- it: those of the release before fail while they run beside this one, and are tried again by the new ones.
-- squawk-ignore ban-drop-column
ALTER TABLE "Model" DROP COLUMN "weights";
