import type { TestDeps } from "#tests/setup/test-deps.ts";
import { SHOP, type StockedVariant } from "./bundle-shop.ts";

export const PLACED_AT = new Date("2026-11-24T12:00:00Z");

export interface NewOrder {
  readonly number: number;
  readonly visitorKey?: string;
  readonly arm?: string;
  readonly bundleDiscountMinor?: number;
  readonly refundedQuantity?: number;
  readonly fields?: { cancelledAt?: Date; isTest?: boolean; placedAt?: Date; refundedMinor?: number };
}

/** Saves an order of one unit each of the first two variants at 10.00. */
export async function addPlacedOrder(
  { db }: TestDeps,
  variants: readonly StockedVariant[],
  order: NewOrder,
): Promise<string> {
  const {
    number,
    visitorKey = null,
    arm = null,
    bundleDiscountMinor = 0,
    refundedQuantity = 0,
    fields,
  } = order;
  const orderGid = `gid://shopify/Order/${number}`;
  await db.order.create({
    data: {
      shop: SHOP,
      orderGid,
      placedAt: PLACED_AT,
      sourceUpdatedAt: PLACED_AT,
      currency: "USD",
      visitorKey,
      arm,
      totalMinor: 2_000 - 2 * bundleDiscountMinor,
      ...fields,
      lines: {
        create: variants.slice(0, 2).map(({ variantGid, productGid, title }, position) => ({
          position,
          variantGid,
          productGid,
          title,
          quantity: 1,
          unitPriceMinor: 1_000,
          discountMinor: bundleDiscountMinor,
          bundleDiscountMinor,
          refundedQuantity,
        })),
      },
    },
  });
  return orderGid;
}

export interface VisitFields {
  readonly arm?: string;
  readonly bundleId?: string;
  readonly productGid?: string;
  readonly occurredAt?: Date;
}

/** Saves an event of a visitor, at the time of the orders by default. */
export async function addVisit(
  { db }: Pick<TestDeps, "db">,
  fields: VisitFields & { readonly visitorKey: string; readonly kind: string },
): Promise<void> {
  await db.browseEvent.create({
    data: { shop: SHOP, eventId: crypto.randomUUID(), occurredAt: PLACED_AT, ...fields },
  });
}
