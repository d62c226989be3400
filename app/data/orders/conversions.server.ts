import { z } from "zod";
import {
  type RedeemableBundle,
  type RedeemableComponent,
  countRemovedUnits,
} from "#app/domain/evaluate/attribute-discounts.ts";
import type { DiscountedLine, RedeemedBundle } from "#app/domain/evaluate/redemption.ts";
import type { RedeemableOffer } from "#app/domain/evaluate/redeem-offers.ts";
import { toLegacyId } from "#app/domain/ids.ts";
import { OfferTerms, toOfferTerms } from "#app/domain/offer/offer.ts";
import type { KeyedComponent } from "#app/domain/offer/offer-key.ts";
import { toRuleBody } from "#app/domain/publish/to-rule.ts";

import { StandInNote } from "#app/data/bundles/stand-ins.server.ts";
import type { Prisma } from "#app/data/generated/client.ts";
import { inNumbers } from "#app/data/columns.ts";

type Tx = Prisma.TransactionClient;

/** What entries of the decision log tell of a bundle's terms until then. */
const LoggedTerms = z.object({
  /** Of a decision: the discount that it was made on. */
  discountRatio: z.number().optional(),
  /** Of an edit; the autopilot tells the discount alone. */
  before: z
    .object({
      discountRatio: z.number(),
      terms: OfferTerms.optional(),
      letsShopperChoose: z.boolean().optional(),
      timesPerOrder: z.number().nullish(),
      quantities: z.array(z.number()).optional(),
      components: z.array(z.string()).optional(),
    })
    .optional(),
});
type EarlierTerms = NonNullable<z.infer<typeof LoggedTerms>["before"]>;

export interface DiscountedOrder {
  readonly orderGid: string;
  readonly placedAt: Date;
  readonly arm: string | null;
  readonly isVoid: boolean;
  readonly lines: readonly DiscountedLine[];
}

const RefundedLines = z.array(z.object({ lineGid: z.string(), quantity: z.number() }));

/** Those of the orders that are known, each with its lines; none where none of them got a discount of ours. */
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
      lines: { orderBy: { position: "asc" } },
    },
  });
  const refunds = await tx.refund.findMany({
    where: { shop, orderGid: { in: orders.map(({ orderGid }) => orderGid) } },
    select: { orderGid: true, amountMinor: true, lines: true },
  });
  const reported = refunds
    .map(inNumbers)
    .map(({ lines, ...refund }) => ({ ...refund, lines: RefundedLines.parse(lines) }));
  return orders.map(({ cancelledAt, isTest, lines, ...order }) => {
    const ofOrder = reported.filter(({ orderGid }) => orderGid === order.orderGid);
    return {
      ...order,
      isVoid: cancelledAt !== null || isTest,
      lines: (lines.some(({ bundleDiscountMinor }) => bundleDiscountMinor > 0) ? lines : [])
        .map(inNumbers)
        .flatMap(({ variantGid, ...line }) => {
          const removedQuantity = countRemovedUnits(line, ofOrder);
          return variantGid === null ? [] : [{ ...line, variantGid, removedQuantity }];
        }),
    };
  });
}

/**
 * Bundles that were ever approved and hold one of these variants or products, with all discounts so far: with the units
 * of each component that make a set, and once more with those that did before an edit; each of these once more with each
 * product that ever stood in for a component; and all of that once more with any variant of the products, where shoppers
 * may choose or ever might. What an order redeemed is so the same whenever it is read. Offers that are no share of a
 * set's price come with the rules of all terms that they have had.
 */
export async function listRedeemableBundles(
  tx: Tx,
  shop: string,
  lines: readonly DiscountedLine[],
): Promise<{ bundles: RedeemableBundle[]; offers: RedeemableOffer[] }> {
  const variantGids = lines.map(({ variantGid }) => variantGid);
  const productGids = lines.flatMap(({ productGid }) => productGid ?? []);
  const rows = await tx.bundle.findMany({
    where: {
      shop,
      // Whatever its state is by now: a cart that was filled before may redeem it, and its orders are told again.
      decisions: { some: { shop, action: "approve" } },
      components: {
        some: { shop, OR: [{ variantGid: { in: variantGids } }, { productGid: { in: productGids } }] },
      },
    },
    select: {
      id: true,
      discountRatio: true,
      terms: true,
      timesPerOrder: true,
      currency: true,
      standIns: true,
      letsShopperChoose: true,
      components: {
        where: { shop },
        select: { variantGid: true, productGid: true, quantity: true, isGift: true },
        orderBy: { position: "asc" },
      },
      decisions: { where: { shop }, select: { detail: true }, orderBy: { decidedAt: "desc" } },
    },
  });
  const offers = rows.flatMap((row) => toRedeemableOffer(row) ?? []);
  // Of a set whose price is fixed, the share that it was when the terms were written explains it as well.
  const sets = rows.filter((row) => toOfferTerms(row).kind === "set");
  const bundles = sets.flatMap(({ id, decisions, components, standIns, ...today }) => {
    const logged = decisions.flatMap(({ detail }) => LoggedTerms.safeParse(detail).data ?? []);
    const earlier = logged.flatMap(({ before }) => before ?? []);
    const discountRatios = [
      ...new Set([today, ...earlier, ...logged].flatMap(({ discountRatio }) => discountRatio ?? [])),
    ];
    const limits = new Set([today, ...earlier].map(({ timesPerOrder }) => timesPerOrder ?? undefined));
    const notes = z.array(StandInNote).parse(standIns);
    const wasOpen = today.letsShopperChoose || earlier.some((terms) => terms.letsShopperChoose);
    return listUnits(components, earlier)
      .flatMap((units) => {
        const held = components.map((component, at) => ({ ...component, quantity: units[at]! }));
        return listWays(held, notes, wasOpen);
      })
      .flatMap((each) =>
        [...limits].map((mostSets) => ({ bundleId: id, discountRatios, components: each, mostSets })),
      );
  });
  return { bundles, offers };
}

interface TermsRow {
  readonly id: string;
  readonly terms: unknown;
  readonly discountRatio: number;
  readonly timesPerOrder: number | null;
  readonly currency: string;
  readonly letsShopperChoose: boolean;
  readonly standIns: unknown;
  readonly components: readonly KeyedComponent[];
  readonly decisions: readonly { readonly detail: unknown }[];
}

/** The rules of all terms that an offer has had beside shares of a set's price; null where it had none. */
function toRedeemableOffer({ id, currency, decisions, ...today }: TermsRow): RedeemableOffer | null {
  const earlier = decisions.flatMap(({ detail }) => LoggedTerms.safeParse(detail).data?.before ?? []);
  const all = [toOfferTerms(today), ...earlier.flatMap(({ terms }) => terms ?? [])];
  const had = new Map(
    all
      .filter((terms) => terms.kind !== "set" || terms.reward.type !== "percent")
      .map((terms) => [JSON.stringify(terms), terms]),
  );
  if (had.size === 0) return null;
  const wasOpen = today.letsShopperChoose || earlier.some((terms) => terms.letsShopperChoose);
  const notes = z.array(StandInNote).parse(today.standIns);
  const ways = listWays(today.components, notes, wasOpen).map((way) =>
    toRuleComponents(way, today.components),
  );
  const rules = [...had.values()].flatMap((terms) =>
    ways.map((components) => ({
      ...{ id, place: null, lastDay: null, countries: [], title: "", titles: {}, times: today.timesPerOrder },
      ...toRuleBody({ terms, components }, currency),
    })),
  );
  const bought = today.components.filter(({ isGift }) => !isGift);
  return { bundleId: id, rules, currency, pool: new Set(bought.map((one) => toLegacyId(one.productGid))) };
}

/** A way to hold an offer as its rule has it. */
function toRuleComponents(way: readonly RedeemableComponent[], held: readonly KeyedComponent[]) {
  return way.map(({ variantGid, quantity, anyOfProductGid }, at) => ({
    ...{ variantGid, quantity, isGift: held[at]!.isGift },
    productGid: anyOfProductGid ?? held[at]!.productGid,
    openStock: anyOfProductGid === undefined ? null : [],
  }));
}

/**
 * The units of each component that make a set: today's, and those of before each edit, the latest first and each once.
 * Before its approval a bundle may have held other products, whose units say nothing of these.
 */
function listUnits(
  components: readonly { readonly variantGid: string; readonly quantity: number }[],
  earlier: readonly EarlierTerms[],
): (readonly number[])[] {
  const held = components.map(({ variantGid }) => variantGid).join();
  const past = earlier.flatMap(({ quantities, components: gids }) =>
    quantities?.length === components.length && (gids === undefined || gids.join() === held)
      ? [quantities]
      : [],
  );
  const today = components.map(({ quantity }) => quantity);
  return [...new Map([today, ...past].map((units) => [units.join(), units])).values()];
}

/** In which ways an order may hold a bundle, the exact variants first. */
function listWays(
  components: readonly Omit<KeyedComponent, "isGift">[],
  notes: readonly StandInNote[],
  wasOpen: boolean,
): (readonly RedeemableComponent[])[] {
  const exact: RedeemableComponent[] = components.map(({ variantGid, quantity }) => ({
    variantGid,
    quantity,
  }));
  // A stand-in is always the one variant, whatever shoppers may choose beside it.
  const replace = (sold: readonly RedeemableComponent[]) =>
    notes.map(({ position, variantGid }) =>
      sold.map((component, index) =>
        index === position ? { variantGid, quantity: component.quantity } : component,
      ),
    );
  // A product that is held twice, as one with a gift of its own kind, stays in the variants that were approved.
  const isTwice = (productGid: string) =>
    components.filter((one) => one.productGid === productGid).length > 1;
  const open: RedeemableComponent[] = components.map(({ variantGid, quantity, productGid }) => ({
    ...{ variantGid, quantity },
    anyOfProductGid: isTwice(productGid) ? undefined : productGid,
  }));
  return [exact, ...replace(exact), ...(wasOpen ? [open, ...replace(open)] : [])];
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
    for (const one of redeemed.filter(({ sets }) => sets > 0)) {
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
