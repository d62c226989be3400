import { z } from "zod";
import type {
  DiscountedLine,
  RedeemableBundle,
  RedeemedBundle,
} from "#app/domain/evaluate/attribute-discounts.ts";
import type { Prisma } from "./generated/client.ts";

type Tx = Prisma.TransactionClient;

/** What an entry of the decision log says of the discount before an edit. */
const EditDetail = z.object({ before: z.object({ discountRatio: z.number() }) });

export interface DiscountedOrder {
  readonly placedAt: Date;
  readonly arm: string | null;
  readonly isVoid: boolean;
  readonly lines: readonly DiscountedLine[];
}

/** An order with those of its lines on which our discount was given, or null when it is unknown. */
export async function findDiscountedOrder(
  tx: Tx,
  { shop, orderGid }: { shop: string; orderGid: string },
): Promise<DiscountedOrder | null> {
  const order = await tx.order.findUnique({
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

/** Bundles that were ever approved and hold one of these variants, with all their components and discounts so far. */
export async function listRedeemableBundles(
  tx: Tx,
  shop: string,
  variantGids: readonly string[],
): Promise<RedeemableBundle[]> {
  const rows = await tx.bundle.findMany({
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
      decisions: { where: { action: "edit" }, select: { detail: true } },
    },
  });
  return rows.map(({ id, discountRatio, decisions, components }) => {
    const earlier = decisions.flatMap(({ detail }) => {
      const edit = EditDetail.safeParse(detail);
      return edit.success ? [edit.data.before.discountRatio] : [];
    });
    return { bundleId: id, discountRatios: [...new Set([discountRatio, ...earlier])], components };
  });
}

/** Replaces the conversions of one order, which the caller has locked. */
export async function replaceConversions(
  tx: Tx,
  {
    shop,
    orderGid,
    arm,
    convertedAt,
  }: { shop: string; orderGid: string; arm: string | null; convertedAt: Date },
  redeemed: readonly RedeemedBundle[],
): Promise<void> {
  await tx.conversion.deleteMany({ where: { shop, orderGid } });
  await tx.conversion.createMany({
    data: redeemed.map((conversion) => ({ shop, orderGid, arm, convertedAt, ...conversion })),
  });
}
