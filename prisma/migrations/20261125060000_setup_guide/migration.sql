-- AlterTable
ALTER TABLE "Shop" ADD COLUMN "guideHiddenAt" TIMESTAMP(3);
