-- Revenue is less what came back in units. Until an order is told again its bundles bear that in the order's proportion.
UPDATE "Conversion" c SET "revenueMinor" = round(c."revenueMinor" * (1 - least(r.back, o."refundedMinor") / r.paid))
FROM "Order" o, (
  SELECT l."shop", l."orderGid", sum(l."unitPriceMinor" * l."quantity" - l."discountMinor") AS paid,
    sum((l."unitPriceMinor" * l."quantity" - l."discountMinor") * l."refundedQuantity"::numeric / l."quantity") AS back
  FROM "OrderLine" l WHERE l."quantity" > 0 GROUP BY 1, 2
) r
WHERE o."shop" = c."shop" AND o."orderGid" = c."orderGid" AND r."shop" = c."shop" AND r."orderGid" = c."orderGid"
  AND o."refundedMinor" > 0 AND r.paid > 0;
