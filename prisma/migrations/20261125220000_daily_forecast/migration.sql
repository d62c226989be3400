-- AlterTable
ALTER TABLE "Forecast" ADD COLUMN "daily" JSONB;
