-- AlterTable
ALTER TABLE "Bundle" ADD COLUMN "note" TEXT NOT NULL DEFAULT '',
ADD COLUMN "placement" TEXT NOT NULL DEFAULT 'everywhere';
