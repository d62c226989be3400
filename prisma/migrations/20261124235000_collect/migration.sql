-- AlterTable
ALTER TABLE "Shop" ADD COLUMN     "backfillMessage" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "backfillProgress" DOUBLE PRECISION NOT NULL DEFAULT 0,
ADD COLUMN     "reconciledAt" TIMESTAMP(3);

-- AlterTable
ALTER TABLE "Variant" ADD COLUMN     "stockUpdatedAt" TIMESTAMP(3);

-- CreateTable
CREATE TABLE "Refund" (
    "shop" TEXT NOT NULL,
    "refundGid" TEXT NOT NULL,
    "orderGid" TEXT NOT NULL,
    "refundedAt" TIMESTAMP(3) NOT NULL,
    "amountMinor" INTEGER NOT NULL,
    "lines" JSONB NOT NULL,

    CONSTRAINT "Refund_pkey" PRIMARY KEY ("shop","refundGid")
);

-- CreateTable
CREATE TABLE "InventoryLevel" (
    "shop" TEXT NOT NULL,
    "inventoryItemGid" TEXT NOT NULL,
    "locationKey" TEXT NOT NULL,
    "availableUnits" INTEGER NOT NULL,
    "sourceUpdatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "InventoryLevel_pkey" PRIMARY KEY ("shop","inventoryItemGid","locationKey")
);

-- CreateTable
CREATE TABLE "DataRequest" (
    "shop" TEXT NOT NULL,
    "requestId" TEXT NOT NULL,
    "customerKey" TEXT,
    "requestedAt" TIMESTAMP(3) NOT NULL,
    "answer" JSONB NOT NULL,

    CONSTRAINT "DataRequest_pkey" PRIMARY KEY ("shop","requestId")
);

-- CreateIndex
CREATE INDEX "Refund_shop_orderGid_idx" ON "Refund"("shop", "orderGid");
