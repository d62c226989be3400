import { z } from "zod";
import type {
  DiscountedLine,
  RedeemableBundle,
  RedeemableComponent,
  RedeemedBundle,
} from "#app/domain/evaluate/attribute-discounts.ts";
import { StandInNote } from "./bundles.server.ts";
import type { Prisma } from "./generated/client.ts";

type Tx = Prisma.TransactionClient;

/** What an entry of the decision log says of the discount before an edit. */
const EditDetail = z.object({
  before: z.object({ discountRatio: z.number(), letsShopperChoose: z.boolean().optional() }),
});

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

/**
 * Bundles that were ever approved and hold one of these variants or products, with all their components and discounts
 * so far; once more with each product that ever stood in for a component; and each of these once more with any variant of
 * the products, where shoppers may choose or ever might.
 */
export async function listRedeemableBundles(
  tx: Tx,
  shop: string,
  lines: readonly DiscountedLine[],
): Promise<RedeemableBundle[]> {
  const variantGids = lines.map(({ variantGid }) => variantGid);
  const productGids = lines.flatMap(({ productGid }) => productGid ?? []);
  const rows = await tx.bundle.findMany({
    where: {
      shop,
      // A rejected or retired bundle may have been redeemed by a cart that was filled before.
      status: { not: "proposed" },
      components: {
        some: { OR: [{ variantGid: { in: variantGids } }, { productGid: { in: productGids } }] },
      },
    },
    select: {
      id: true,
      discountRatio: true,
      standIns: true,
      letsShopperChoose: true,
      components: {
        where: { shop },
        select: { variantGid: true, productGid: true, quantity: true },
        orderBy: { position: "asc" },
      },
      decisions: { where: { shop, action: "edit" }, select: { detail: true } },
    },
  });
  return rows.flatMap(({ id, discountRatio, decisions, components, standIns, letsShopperChoose }) => {
    const earlier = decisions.flatMap(({ detail }) => {
      const edit = EditDetail.safeParse(detail);
      return edit.success ? [edit.data.before] : [];
    });
    const discountRatios = [...new Set([discountRatio, ...earlier.map((terms) => terms.discountRatio)])];
    const exact: RedeemableComponent[] = components.map(({ variantGid, quantity }) => ({
      variantGid,
      quantity,
    }));
    const notes = z.array(StandInNote).parse(standIns);
    // A stand-in is always the one variant, whatever shoppers may choose beside it.
    const replace = (sold: readonly RedeemableComponent[]) =>
      notes.map(({ position, variantGid }) =>
        sold.map((component, index) =>
          index === position ? { variantGid, quantity: component.quantity } : component,
        ),
      );
    const wasOpen = letsShopperChoose || earlier.some((terms) => terms.letsShopperChoose);
    const open: RedeemableComponent[] = components.map(({ productGid, ...component }) => ({
      ...component,
      anyOfProductGid: productGid,
    }));
    const ways = [exact, ...replace(exact), ...(wasOpen ? [open, ...replace(open)] : [])];
    return ways.map((each) => ({ bundleId: id, discountRatios, components: each }));
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
  const byBundle = new Map<string, RedeemedBundle>();
  for (const one of redeemed) {
    const before = byBundle.get(one.bundleId);
    // An order may hold a bundle as it was approved and with a stand-in.
    byBundle.set(one.bundleId, before ? addRedeemed(before, one) : one);
  }
  await tx.conversion.createMany({
    data: [...byBundle.values()].map((conversion) => ({ shop, orderGid, arm, convertedAt, ...conversion })),
  });
}

function addRedeemed(a: RedeemedBundle, b: RedeemedBundle): RedeemedBundle {
  return {
    bundleId: a.bundleId,
    sets: a.sets + b.sets,
    revenueMinor: a.revenueMinor + b.revenueMinor,
    discountMinor: a.discountMinor + b.discountMinor,
  };
}
