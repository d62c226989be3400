-- An order of 21.5 million minor units, which is ordinary in rupiah or won, does not fit 32 bits.
ALTER TABLE "Variant"
  ALTER COLUMN "priceMinor" TYPE BIGINT,
  ALTER COLUMN "costMinor" TYPE BIGINT;

ALTER TABLE "Order"
  ALTER COLUMN "totalMinor" TYPE BIGINT,
  ALTER COLUMN "refundedMinor" TYPE BIGINT;

ALTER TABLE "OrderLine"
  ALTER COLUMN "unitPriceMinor" TYPE BIGINT,
  ALTER COLUMN "discountMinor" TYPE BIGINT,
  ALTER COLUMN "bundleDiscountMinor" TYPE BIGINT;

ALTER TABLE "Refund"
  ALTER COLUMN "amountMinor" TYPE BIGINT;

ALTER TABLE "Bundle"
  ALTER COLUMN "expectedExtraMarginMinor" TYPE BIGINT;

ALTER TABLE "BundleComponent"
  ALTER COLUMN "priceMinor" TYPE BIGINT;

ALTER TABLE "Conversion"
  ALTER COLUMN "revenueMinor" TYPE BIGINT,
  ALTER COLUMN "discountMinor" TYPE BIGINT;
