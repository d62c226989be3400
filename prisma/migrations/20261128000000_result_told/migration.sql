-- The measuring period whose result the merchant's workflows were told last.
ALTER TABLE "Shop" ADD COLUMN "resultStatedFor" TIMESTAMP(3);
