-- CreateTable
CREATE TABLE "HoldoutChange" (
    "shop" TEXT NOT NULL,
    "changedAt" TIMESTAMP(3) NOT NULL,
    "ratioBefore" DOUBLE PRECISION NOT NULL,
    "ratioAfter" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "HoldoutChange_pkey" PRIMARY KEY ("shop","changedAt")
);

-- CreateIndex
CREATE INDEX "Order_shop_customerKey_idx" ON "Order"("shop", "customerKey");
