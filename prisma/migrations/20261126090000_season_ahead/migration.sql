-- AlterTable
ALTER TABLE "Forecast" ADD COLUMN "seasonAhead" JSONB;
