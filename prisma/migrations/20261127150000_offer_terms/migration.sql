-- How an offer sells beside its products. A null is a set at "discountRatio", which all bundles were until now.
ALTER TABLE "Bundle"
  ADD COLUMN "terms" JSONB,
  ADD COLUMN "timesPerOrder" INTEGER,
  ADD COLUMN "titles" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "BundleComponent" ADD COLUMN "isGift" BOOLEAN NOT NULL DEFAULT false;
