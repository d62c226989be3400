-- AlterTable
ALTER TABLE "Forecast" ADD COLUMN "seasonIndex" DOUBLE PRECISION;
