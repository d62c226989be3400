CREATE TABLE "StaffPreference" (
    "shop" TEXT NOT NULL,
    "staffId" TEXT NOT NULL,
    "locale" TEXT NOT NULL,
    "savedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "StaffPreference_pkey" PRIMARY KEY ("shop", "staffId")
);

-- Which orders held the products of a bundle: the page of a bundle asks week by week.
CREATE INDEX "OrderLine_shop_variantGid_idx" ON "OrderLine"("shop", "variantGid");
