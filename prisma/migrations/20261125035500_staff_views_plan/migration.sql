-- CreateTable
CREATE TABLE "StaffRight" (
    "shop" TEXT NOT NULL,
    "staffId" TEXT NOT NULL,
    "isOwner" BOOLEAN NOT NULL,
    "scopes" TEXT[],
    "readAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "StaffRight_pkey" PRIMARY KEY ("shop","staffId")
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "staffId" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SavedView" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "savedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "SavedView_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Subscription" (
    "shop" TEXT NOT NULL,
    "plan" TEXT NOT NULL,
    "subscriptionGid" TEXT NOT NULL,
    "isTest" BOOLEAN NOT NULL,
    "trialEndsAt" TIMESTAMP(3),
    "currentPeriodEnd" TIMESTAMP(3),
    "readAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Subscription_pkey" PRIMARY KEY ("shop")
);

-- CreateIndex
CREATE INDEX "AuditEntry_shop_at_idx" ON "AuditEntry"("shop", "at");

-- CreateIndex
CREATE UNIQUE INDEX "SavedView_shop_name_key" ON "SavedView"("shop", "name");

-- The list of bundles reads one status by one order, and looks for a component's product.
CREATE INDEX "Bundle_shop_status_expectedExtraMarginMinor_id_idx" ON "Bundle"("shop", "status", "expectedExtraMarginMinor" DESC, "id");
CREATE INDEX "Bundle_shop_status_createdAt_id_idx" ON "Bundle"("shop", "status", "createdAt" DESC, "id");
