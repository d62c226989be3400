import type { Db } from "#app/db.server.ts";
import type {
  DiscountedLine,
  RedeemableBundle,
  RedeemedBundle,
} from "#app/domain/evaluate/attribute-discounts.ts";

export interface DiscountedOrder {
  readonly placedAt: Date;
  readonly arm: string | null;
  readonly isVoid: boolean;
  readonly lines: readonly DiscountedLine[];
}

/** An order with those of its lines on which our discount was given, or null when it is unknown. */
export async function findDiscountedOrder(
  db: Db,
  { shop, orderGid }: { shop: string; orderGid: string },
): Promise<DiscountedOrder | null> {
  const order = await db.order.findUnique({
    where: { shop_orderGid: { shop, orderGid } },
    include: { lines: { where: { bundleDiscountMinor: { gt: 0 } }, orderBy: { position: "asc" } } },
  });
  if (!order) return null;
  return {
    placedAt: order.placedAt,
    arm: order.arm,
    isVoid: order.cancelledAt !== null || order.isTest,
    lines: order.lines.flatMap(({ variantGid, ...line }) =>
      variantGid === null ? [] : [{ ...line, variantGid }],
    ),
  };
}

/** Bundles that were ever approved and hold one of these variants, with all their components. */
export async function listRedeemableBundles(
  db: Db,
  shop: string,
  variantGids: readonly string[],
): Promise<RedeemableBundle[]> {
  const rows = await db.bundle.findMany({
    where: {
      shop,
      // A rejected or retired bundle may have been redeemed by a cart that was filled before.
      status: { not: "proposed" },
      components: { some: { variantGid: { in: [...variantGids] } } },
    },
    select: {
      id: true,
      discountRatio: true,
      components: { select: { variantGid: true, quantity: true }, orderBy: { position: "asc" } },
    },
  });
  return rows.map(({ id, ...bundle }) => ({ bundleId: id, ...bundle }));
}

/** Replaces the conversions of one order, so that an edited or cancelled order is right again. */
export async function replaceConversions(
  db: Db,
  {
    shop,
    orderGid,
    arm,
    convertedAt,
  }: { shop: string; orderGid: string; arm: string | null; convertedAt: Date },
  redeemed: readonly RedeemedBundle[],
): Promise<void> {
  await db.$transaction([
    db.conversion.deleteMany({ where: { shop, orderGid } }),
    db.conversion.createMany({
      data: redeemed.map((conversion) => ({ shop, orderGid, arm, convertedAt, ...conversion })),
    }),
  ]);
}
