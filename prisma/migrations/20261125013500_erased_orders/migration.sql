-- AlterTable
ALTER TABLE "Order" ADD COLUMN "erasedAt" TIMESTAMP(3);
