-- AlterTable
ALTER TABLE "Variant" ADD COLUMN "locationCount" INTEGER;
