ALTER TABLE "Bundle" ADD COLUMN "collectionGid" TEXT;
