-- AlterTable
ALTER TABLE "Order" ADD COLUMN "serviceAt" TIMESTAMP(3);
