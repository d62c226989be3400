-- Of orders that were told before, nobody knows it: they count as if their prices were without tax.
ALTER TABLE "OrderLine" ADD COLUMN "includedTaxMinor" BIGINT;
