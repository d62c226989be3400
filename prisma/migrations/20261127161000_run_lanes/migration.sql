-- AlterTable
ALTER TABLE "Run" ADD COLUMN "lane" TEXT NOT NULL DEFAULT 'merchant';
