ALTER TABLE "Shop" ADD COLUMN "discountCombining" TEXT;
