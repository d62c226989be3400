-- AlterTable
ALTER TABLE "Bundle" ADD COLUMN "countries" TEXT[] DEFAULT ARRAY[]::TEXT[];
