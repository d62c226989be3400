import { z } from "zod";
import type {
  DiscountedLine,
  RedeemableBundle,
  RedeemableComponent,
  RedeemedBundle,
} from "#app/domain/evaluate/attribute-discounts.ts";
import { StandInNote } from "./bundles.server.ts";
import type { Prisma } from "./generated/client.ts";
import { inNumbers } from "./money-columns.ts";

type Tx = Prisma.TransactionClient;

const Terms = z.object({
  discountRatio: z.number(),
  letsShopperChoose: z.boolean().optional(),
  quantities: z.array(z.number().int().min(1)).optional(),
});
/** What an entry of the decision log says of the terms by then: an edit of those before it, others of their own. */
const DecisionDetail = z.union([z.object({ before: Terms }).transform(({ before }) => before), Terms]);

export interface DiscountedOrder {
  readonly orderGid: string;
  readonly placedAt: Date;
  readonly arm: string | null;
  readonly isVoid: boolean;
  readonly lines: readonly DiscountedLine[];
}

/** Those of the orders that are known, each with its lines on which our discount was given. */
export async function listDiscountedOrders(
  tx: Tx,
  { shop, orderGids }: { shop: string; orderGids: readonly string[] },
): Promise<DiscountedOrder[]> {
  const orders = await tx.order.findMany({
    where: { shop, orderGid: { in: [...orderGids] } },
    select: {
      orderGid: true,
      placedAt: true,
      arm: true,
      cancelledAt: true,
      isTest: true,
      lines: { where: { bundleDiscountMinor: { gt: 0 } }, orderBy: { position: "asc" } },
    },
  });
  return orders.map(({ cancelledAt, isTest, lines, ...order }) => ({
    ...order,
    isVoid: cancelledAt !== null || isTest,
    lines: lines
      .map(inNumbers)
      .flatMap(({ variantGid, ...line }) => (variantGid === null ? [] : [{ ...line, variantGid }])),
  }));
}

/**
 * Bundles that were ever approved and hold one of these variants or products, with all their components and the
 * discounts so far, once with each of the quantities that made a set so far; once more with each product that ever stood
 * in for a component; and each of these once more with any variant of the products, where shoppers may choose or ever
 * might.
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
      // Whatever became of it since, also proposed again: a cart may have been filled before, an order be read again.
      OR: [{ status: { not: "proposed" } }, { decisions: { some: { shop, action: "approve" } } }],
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
      decisions: { where: { shop }, select: { detail: true } },
    },
  });
  return rows.flatMap(({ id, discountRatio, decisions, components, standIns, letsShopperChoose }) => {
    const earlier = decisions.flatMap(({ detail }) => {
      const terms = DecisionDetail.safeParse(detail);
      return terms.success ? [terms.data] : [];
    });
    const discountRatios = [...new Set([discountRatio, ...earlier.map((terms) => terms.discountRatio)])];
    const notes = z.array(StandInNote).parse(standIns);
    // A stand-in is always the one variant, whatever shoppers may choose beside it.
    const replace = (sold: readonly RedeemableComponent[]) =>
      notes.map(({ position, variantGid }) =>
        sold.map((component, index) =>
          index === position ? { variantGid, quantity: component.quantity } : component,
        ),
      );
    const wasOpen = letsShopperChoose || earlier.some((terms) => terms.letsShopperChoose);
    const quantities = [
      components.map(({ quantity }) => quantity),
      ...earlier.flatMap((terms) =>
        terms.quantities?.length === components.length ? [terms.quantities] : [],
      ),
    ];
    const ways = uniqueLists(quantities).flatMap((each) => {
      const exact: RedeemableComponent[] = components.map(({ variantGid }, at) => ({
        variantGid,
        quantity: each[at]!,
      }));
      const open = exact.map((component, at) => ({
        ...component,
        anyOfProductGid: components[at]!.productGid,
      }));
      return [exact, ...replace(exact), ...(wasOpen ? [open, ...replace(open)] : [])];
    });
    return ways.map((each) => ({ bundleId: id, discountRatios, components: each }));
  });
}

/** Each list of numbers once, in their order. */
function uniqueLists(lists: readonly (readonly number[])[]): (readonly number[])[] {
  return [...new Map(lists.map((list) => [list.join(" "), list])).values()];
}

/** What one order redeemed. */
export interface OrderRedemptions {
  readonly orderGid: string;
  readonly arm: string | null;
  readonly convertedAt: Date;
  readonly redeemed: readonly RedeemedBundle[];
}

/** Replaces the conversions of orders, which the caller has locked. */
export async function replaceConversions(
  tx: Tx,
  shop: string,
  orders: readonly OrderRedemptions[],
): Promise<void> {
  await tx.conversion.deleteMany({
    where: { shop, orderGid: { in: orders.map(({ orderGid }) => orderGid) } },
  });
  const data = orders.flatMap(({ redeemed, ...order }) => {
    const byBundle = new Map<string, RedeemedBundle>();
    for (const one of redeemed) {
      const before = byBundle.get(one.bundleId);
      // An order may hold a bundle as it was approved and with a stand-in.
      byBundle.set(one.bundleId, before ? addRedeemed(before, one) : one);
    }
    return [...byBundle.values()].map((conversion) => ({ shop, ...order, ...conversion }));
  });
  if (data.length > 0) await tx.conversion.createMany({ data });
}

function addRedeemed(a: RedeemedBundle, b: RedeemedBundle): RedeemedBundle {
  return {
    bundleId: a.bundleId,
    sets: a.sets + b.sets,
    revenueMinor: a.revenueMinor + b.revenueMinor,
    discountMinor: a.discountMinor + b.discountMinor,
  };
}
