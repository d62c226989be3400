-- Whether shoppers may take another variant of a component's product.
ALTER TABLE "Bundle" ADD COLUMN "letsShopperChoose" BOOLEAN NOT NULL DEFAULT true;
