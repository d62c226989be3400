-- AlterTable
ALTER TABLE "Autopilot" ADD COLUMN "anewSince" TIMESTAMP(3);
