-- The same index, but one that answers who came when, and in which arm, without the rows
DROP INDEX "BrowseEvent_shop_visitorKey_occurredAt_idx";
CREATE INDEX "BrowseEvent_shop_visitorKey_occurredAt_idx" ON "BrowseEvent"("shop", "visitorKey", "occurredAt")
  INCLUDE ("kind", "arm");

-- CreateTable
CREATE TABLE "MeasuredPeriod" (
    "shop" TEXT NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "endedAt" TIMESTAMP(3) NOT NULL,
    "measuredAt" TIMESTAMP(3) NOT NULL,
    "result" JSONB NOT NULL,

    CONSTRAINT "MeasuredPeriod_pkey" PRIMARY KEY ("shop","startedAt")
);
