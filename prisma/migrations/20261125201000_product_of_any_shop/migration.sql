-- Whether another shop has a product
CREATE INDEX "Product_productGid_idx" ON "Product"("productGid");
