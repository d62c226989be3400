-- AlterTable
ALTER TABLE "Shop" ADD COLUMN "backfillState" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "InboxEvent" ADD COLUMN "retryAt" TIMESTAMP(3);
ALTER TABLE "Order" ADD COLUMN "sourceTriggeredAt" TIMESTAMP(3), ADD COLUMN "sourceDigest" TEXT;
ALTER TABLE "Product" ADD COLUMN "sourceTriggeredAt" TIMESTAMP(3), ADD COLUMN "sourceDigest" TEXT,
  ADD COLUMN "collectionGids" TEXT[] DEFAULT ARRAY[]::TEXT[];
ALTER TABLE "InventoryLevel" ADD COLUMN "sourceTriggeredAt" TIMESTAMP(3);

-- CreateIndex: a shop's waiting rows are found without reading those of a week that were applied
CREATE INDEX "InboxEvent_waiting" ON "InboxEvent"("shop", "receivedAt") WHERE "appliedAt" IS NULL;

-- CreateTable
CREATE TABLE "DeadLetter" (
    "shop" TEXT NOT NULL,
    "jobId" TEXT NOT NULL,
    "failedAt" TIMESTAMP(3) NOT NULL,
    "name" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL,
    "problem" TEXT NOT NULL,
    "retriedAt" TIMESTAMP(3),

    CONSTRAINT "DeadLetter_pkey" PRIMARY KEY ("shop","jobId","failedAt")
);
CREATE INDEX "DeadLetter_shop_retriedAt_failedAt_idx" ON "DeadLetter"("shop", "retriedAt", "failedAt");

-- CreateTable
CREATE TABLE "Collection" (
    "shop" TEXT NOT NULL,
    "collectionGid" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "readAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Collection_pkey" PRIMARY KEY ("shop","collectionGid")
);

-- CreateTable
CREATE TABLE "CartSnapshot" (
    "shop" TEXT NOT NULL,
    "webhookId" TEXT NOT NULL,
    "cartKey" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "triggeredAt" TIMESTAMP(3) NOT NULL,
    "visitorKey" TEXT,
    "arm" TEXT,
    "lines" JSONB NOT NULL,

    CONSTRAINT "CartSnapshot_pkey" PRIMARY KEY ("shop","webhookId")
);
CREATE INDEX "CartSnapshot_shop_cartKey_idx" ON "CartSnapshot"("shop", "cartKey");
CREATE INDEX "CartSnapshot_shop_updatedAt_idx" ON "CartSnapshot"("shop", "updatedAt");
