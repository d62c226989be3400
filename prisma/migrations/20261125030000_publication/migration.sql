-- Publishing: the merchant's switch, how far removing everything has come, and what was put right.
ALTER TABLE "Bundle" ADD COLUMN "standIns" JSONB NOT NULL DEFAULT '[]';

CREATE TABLE "Publication" (
    "shop" TEXT NOT NULL,
    "offSince" TIMESTAMP(3),
    "offBy" TEXT,
    "removedRatio" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "removedAt" TIMESTAMP(3),
    "checkedAt" TIMESTAMP(3),
    "problem" TEXT,

    CONSTRAINT "Publication_pkey" PRIMARY KEY ("shop")
);

CREATE TABLE "Drift" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "foundAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Drift_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "Drift_shop_foundAt_idx" ON "Drift"("shop", "foundAt");
