-- The measuring period whose result the merchant's workflows last heard of.
ALTER TABLE "Shop" ADD COLUMN "resultStatedFor" TIMESTAMP(3);
