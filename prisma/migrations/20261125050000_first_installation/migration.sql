-- AlterTable
ALTER TABLE "Shop" ADD COLUMN "firstInstalledAt" TIMESTAMP(3);
