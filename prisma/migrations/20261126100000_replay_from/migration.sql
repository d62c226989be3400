-- AlterTable
ALTER TABLE "Run" ADD COLUMN "replayFromAt" TIMESTAMP(3);
