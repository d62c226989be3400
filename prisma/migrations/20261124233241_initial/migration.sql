-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "isOnline" BOOLEAN NOT NULL DEFAULT false,
    "scope" TEXT,
    "expires" TIMESTAMP(3),
    "accessToken" TEXT NOT NULL,
    "userId" BIGINT,
    "firstName" TEXT,
    "lastName" TEXT,
    "email" TEXT,
    "accountOwner" BOOLEAN NOT NULL DEFAULT false,
    "locale" TEXT,
    "collaborator" BOOLEAN DEFAULT false,
    "emailVerified" BOOLEAN DEFAULT false,
    "refreshToken" TEXT,
    "refreshTokenExpires" TIMESTAMP(3),

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Shop" (
    "shop" TEXT NOT NULL,
    "currency" TEXT NOT NULL DEFAULT 'USD',
    "timeZone" TEXT NOT NULL DEFAULT 'UTC',
    "customerKeySecret" TEXT NOT NULL,
    "holdoutSalt" TEXT NOT NULL,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "discountGid" TEXT,
    "webPixelGid" TEXT,
    "installedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "backfilledAt" TIMESTAMP(3),
    "uninstalledAt" TIMESTAMP(3),

    CONSTRAINT "Shop_pkey" PRIMARY KEY ("shop")
);

-- CreateTable
CREATE TABLE "InboxEvent" (
    "shop" TEXT NOT NULL,
    "webhookId" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "triggeredAt" TIMESTAMP(3) NOT NULL,
    "receivedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "payload" JSONB NOT NULL,
    "appliedAt" TIMESTAMP(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "problem" TEXT,

    CONSTRAINT "InboxEvent_pkey" PRIMARY KEY ("shop","webhookId")
);

-- CreateTable
CREATE TABLE "Product" (
    "shop" TEXT NOT NULL,
    "productGid" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "handle" TEXT NOT NULL,
    "productType" TEXT NOT NULL DEFAULT '',
    "tags" TEXT[],
    "status" TEXT NOT NULL,
    "imageUrl" TEXT,
    "sourceUpdatedAt" TIMESTAMP(3) NOT NULL,
    "deletedAt" TIMESTAMP(3),

    CONSTRAINT "Product_pkey" PRIMARY KEY ("shop","productGid")
);

-- CreateTable
CREATE TABLE "Variant" (
    "shop" TEXT NOT NULL,
    "variantGid" TEXT NOT NULL,
    "productGid" TEXT NOT NULL,
    "inventoryItemGid" TEXT,
    "title" TEXT NOT NULL,
    "sku" TEXT NOT NULL DEFAULT '',
    "priceMinor" INTEGER NOT NULL,
    "costMinor" INTEGER,
    "inventoryQuantity" INTEGER,
    "position" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "Variant_pkey" PRIMARY KEY ("shop","variantGid")
);

-- CreateTable
CREATE TABLE "Order" (
    "shop" TEXT NOT NULL,
    "orderGid" TEXT NOT NULL,
    "placedAt" TIMESTAMP(3) NOT NULL,
    "sourceUpdatedAt" TIMESTAMP(3) NOT NULL,
    "currency" TEXT NOT NULL,
    "customerKey" TEXT,
    "cancelledAt" TIMESTAMP(3),
    "isTest" BOOLEAN NOT NULL DEFAULT false,
    "source" TEXT NOT NULL DEFAULT 'shopify',
    "arm" TEXT,
    "visitorKey" TEXT,
    "totalMinor" INTEGER NOT NULL DEFAULT 0,
    "refundedMinor" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Order_pkey" PRIMARY KEY ("shop","orderGid")
);

-- CreateTable
CREATE TABLE "OrderLine" (
    "shop" TEXT NOT NULL,
    "orderGid" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "lineGid" TEXT,
    "variantGid" TEXT,
    "productGid" TEXT,
    "sku" TEXT NOT NULL DEFAULT '',
    "title" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "unitPriceMinor" INTEGER NOT NULL,
    "discountMinor" INTEGER NOT NULL DEFAULT 0,
    "bundleDiscountMinor" INTEGER NOT NULL DEFAULT 0,
    "refundedQuantity" INTEGER NOT NULL DEFAULT 0,
    "isGiftCard" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "OrderLine_pkey" PRIMARY KEY ("shop","orderGid","position")
);

-- CreateTable
CREATE TABLE "BrowseEvent" (
    "shop" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "visitorKey" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "productGid" TEXT,
    "variantGid" TEXT,
    "bundleId" TEXT,
    "searchTerm" TEXT,
    "arm" TEXT,
    "occurredAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "BrowseEvent_pkey" PRIMARY KEY ("shop","eventId")
);

-- CreateTable
CREATE TABLE "Run" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "step" TEXT NOT NULL DEFAULT 'prepare',
    "progress" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "message" TEXT NOT NULL DEFAULT '',
    "backend" TEXT,
    "cutoffAt" TIMESTAMP(3) NOT NULL,
    "startedAt" TIMESTAMP(3),
    "finishedAt" TIMESTAMP(3),
    "trainMs" INTEGER,
    "problem" TEXT,
    "report" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Model" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "runId" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "isChosen" BOOLEAN NOT NULL,
    "metrics" JSONB NOT NULL,
    "artefact" BYTEA,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Model_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Forecast" (
    "shop" TEXT NOT NULL,
    "variantGid" TEXT NOT NULL,
    "runId" TEXT NOT NULL,
    "horizonDays" INTEGER NOT NULL,
    "ordersExpected" DOUBLE PRECISION NOT NULL,
    "ordersLow" DOUBLE PRECISION NOT NULL,
    "ordersHigh" DOUBLE PRECISION NOT NULL,
    "trend" TEXT NOT NULL,

    CONSTRAINT "Forecast_pkey" PRIMARY KEY ("shop","variantGid")
);

-- CreateTable
CREATE TABLE "Bundle" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "runId" TEXT,
    "componentKey" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'proposed',
    "discountRatio" DOUBLE PRECISION NOT NULL,
    "currency" TEXT NOT NULL,
    "expected" JSONB NOT NULL,
    "evidence" JSONB NOT NULL,
    "validation" JSONB NOT NULL,
    "expectedExtraMarginMinor" INTEGER NOT NULL DEFAULT 0,
    "startsAt" TIMESTAMP(3),
    "endsAt" TIMESTAMP(3),
    "pausedReason" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Bundle_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BundleComponent" (
    "shop" TEXT NOT NULL,
    "bundleId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "variantGid" TEXT NOT NULL,
    "productGid" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL DEFAULT 1,
    "priceMinor" INTEGER NOT NULL,

    CONSTRAINT "BundleComponent_pkey" PRIMARY KEY ("bundleId","position")
);

-- CreateTable
CREATE TABLE "Decision" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "bundleId" TEXT NOT NULL,
    "decidedBy" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "decidedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Decision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PublishedMetafield" (
    "shop" TEXT NOT NULL,
    "ownerGid" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "compareDigest" TEXT,
    "value" TEXT NOT NULL,
    "publishedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PublishedMetafield_pkey" PRIMARY KEY ("shop","ownerGid","key")
);

-- CreateTable
CREATE TABLE "Conversion" (
    "shop" TEXT NOT NULL,
    "orderGid" TEXT NOT NULL,
    "bundleId" TEXT NOT NULL,
    "arm" TEXT,
    "sets" INTEGER NOT NULL,
    "revenueMinor" INTEGER NOT NULL,
    "discountMinor" INTEGER NOT NULL,
    "convertedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Conversion_pkey" PRIMARY KEY ("shop","orderGid","bundleId")
);

-- CreateIndex
CREATE INDEX "Session_shop_idx" ON "Session"("shop");

-- CreateIndex
CREATE INDEX "InboxEvent_appliedAt_receivedAt_idx" ON "InboxEvent"("appliedAt", "receivedAt");

-- CreateIndex
CREATE INDEX "Variant_shop_inventoryItemGid_idx" ON "Variant"("shop", "inventoryItemGid");

-- CreateIndex
CREATE INDEX "Variant_shop_productGid_idx" ON "Variant"("shop", "productGid");

-- CreateIndex
CREATE INDEX "Order_shop_placedAt_idx" ON "Order"("shop", "placedAt");

-- CreateIndex
CREATE INDEX "BrowseEvent_shop_visitorKey_occurredAt_idx" ON "BrowseEvent"("shop", "visitorKey", "occurredAt");

-- CreateIndex
CREATE INDEX "BrowseEvent_shop_kind_occurredAt_idx" ON "BrowseEvent"("shop", "kind", "occurredAt");

-- CreateIndex
CREATE INDEX "Run_shop_createdAt_idx" ON "Run"("shop", "createdAt");

-- CreateIndex
CREATE INDEX "Model_shop_step_createdAt_idx" ON "Model"("shop", "step", "createdAt");

-- CreateIndex
CREATE INDEX "Bundle_shop_status_idx" ON "Bundle"("shop", "status");

-- CreateIndex
CREATE UNIQUE INDEX "Bundle_shop_componentKey_key" ON "Bundle"("shop", "componentKey");

-- CreateIndex
CREATE INDEX "BundleComponent_shop_variantGid_idx" ON "BundleComponent"("shop", "variantGid");

-- CreateIndex
CREATE INDEX "Decision_shop_bundleId_idx" ON "Decision"("shop", "bundleId");

-- CreateIndex
CREATE INDEX "Conversion_shop_convertedAt_idx" ON "Conversion"("shop", "convertedAt");

-- AddForeignKey
ALTER TABLE "Variant" ADD CONSTRAINT "Variant_shop_productGid_fkey" FOREIGN KEY ("shop", "productGid") REFERENCES "Product"("shop", "productGid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OrderLine" ADD CONSTRAINT "OrderLine_shop_orderGid_fkey" FOREIGN KEY ("shop", "orderGid") REFERENCES "Order"("shop", "orderGid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Model" ADD CONSTRAINT "Model_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Bundle" ADD CONSTRAINT "Bundle_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BundleComponent" ADD CONSTRAINT "BundleComponent_bundleId_fkey" FOREIGN KEY ("bundleId") REFERENCES "Bundle"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Decision" ADD CONSTRAINT "Decision_bundleId_fkey" FOREIGN KEY ("bundleId") REFERENCES "Bundle"("id") ON DELETE CASCADE ON UPDATE CASCADE;
