import { randomUUID } from "node:crypto";
import type { Deps } from "#app/services/deps.server.ts";
import { ShopState } from "#tests/standin/shop/shop-state.ts";
import { shopRow } from "./shop-row.ts";

export const SHOP = "demo-shop.myshopify.com";

export interface StockedVariant {
  readonly productGid: string;
  readonly variantGid: string;
  readonly title: string;
}

/** A shop with the app installed and products of one variant each, in the stand-in and in the app's tables. */
export async function openBundleShop(
  deps: Deps,
  { products = 4, priceMinor = 1_000 }: { products?: number; priceMinor?: number } = {},
): Promise<{ state: ShopState; variants: StockedVariant[] }> {
  const state = new ShopState({ domain: SHOP });
  state.app.isInstalled = true;
  await deps.db.shop.create({
    data: shopRow(SHOP, { currency: "USD" }),
  });
  const variants = Array.from({ length: products }, (_, index) => {
    const title = `Product ${index + 1}`;
    const {
      gid,
      handle,
      variants: added,
    } = state.catalogue.addProduct({
      title,
      variants: [{ title: "Default Title", price: (priceMinor / 100).toFixed(2), sku: `SKU-${index + 1}` }],
    });
    return { productGid: gid, variantGid: added[0]!.gid, title, handle };
  });
  await deps.db.product.createMany({
    data: variants.map(({ productGid, title, handle }) => ({
      shop: SHOP,
      productGid,
      title,
      handle,
      tags: [],
      status: "active",
      sourceUpdatedAt: new Date("2026-10-01T00:00:00Z"),
    })),
  });
  await deps.db.variant.createMany({
    data: variants.map(({ productGid, variantGid }) => ({
      shop: SHOP,
      productGid,
      variantGid,
      title: "Default Title",
      priceMinor,
      costMinor: priceMinor / 2,
    })),
  });
  return { state, variants };
}

const estimate = { value: 1, low: 0, high: 2 };

/** A run's estimate for a pair at this discount, in minor units over 28 days, with its assumptions about shoppers. */
export function reckonedAt(discountRatio: number, extraMinor: number) {
  const about = (value: number) => ({ value, low: value - 1, high: value + 1 });
  const values = { discountRatio, extraAbout: 4, anywayAbout: 5, days: 28, extraMinor };
  const margin = { kind: "margin", value: extraMinor, code: "margin", values };
  const assumed = { noticedRatio: 0.4, awarenessRatio: 0.03, responseRatio: 0.02 };
  const ends = { lowMinor: 1_300, highMinor: 1_500, days: 28 };
  const caution = { kind: "caution", value: 1_300, code: "caution", values: { ...assumed, ...ends } };
  return {
    discountRatio,
    evidence: [margin, caution],
    expected: {
      ordersAnyway: about(5),
      ordersWithOffer: about(9),
      extraMarginMinor: about(extraMinor),
      extraRevenueMinor: about(3_400),
    },
    expectedExtraMarginMinor: extraMinor,
  };
}

/** Saves a bundle of these variants with the first as its anchor; with `approvedAt` also a decision to approve it. */
export async function addBundle(
  deps: Deps,
  components: readonly StockedVariant[],
  fields: {
    id?: string;
    kind?: string;
    status?: string;
    discountRatio?: number;
    startsAt?: Date;
    endsAt?: Date;
    expectedExtraMarginMinor?: number;
    runId?: string;
    componentKey?: string;
    approvedAt?: Date;
  } = {},
): Promise<string> {
  const { approvedAt, ...columns } = fields;
  const id = fields.id ?? randomUUID();
  await deps.db.bundle.create({
    data: {
      id,
      shop: SHOP,
      componentKey: components
        .map(({ variantGid }) => `${variantGid}*1`)
        .toSorted()
        .join("|"),
      kind: "complementary",
      title: components.map(({ title }) => title).join(" + "),
      status: "approved",
      discountRatio: 0.1,
      currency: "USD",
      expected: {
        ordersAnyway: estimate,
        ordersWithOffer: estimate,
        extraMarginMinor: estimate,
        extraRevenueMinor: estimate,
      },
      evidence: [
        { kind: "orders", value: 12, code: "text", values: { text: "12 of 100 orders held both." } },
      ],
      validation: {},
      ...columns,
      ...(approvedAt ? { decisions: { create: toApproval(approvedAt, columns) } } : {}),
      components: {
        create: components.map(({ variantGid, productGid, title }, position) => ({
          shop: SHOP,
          position,
          variantGid,
          productGid,
          title,
          priceMinor: 1_000,
        })),
      },
    },
  });
  return id;
}

/** A staff member's approval as a row of the decision log. */
function toApproval(decidedAt: Date, { discountRatio = 0.1 }: { discountRatio?: number }) {
  const detail = { from: "proposed", to: "approved", discountRatio };
  return { shop: SHOP, decidedBy: "staff", action: "approve", detail, decidedAt };
}

/** Empties every table that these factories fill. */
export async function emptyBundleShop(deps: Deps): Promise<void> {
  await deps.pool.query(
    'TRUNCATE "Shop", "Product", "Variant", "Bundle", "BundleComponent", "Decision", "PublishedMetafield", "Run", ' +
      '"Model", "Forecast", "Conversion", "Order", "OrderLine", "BrowseEvent", "Publication", "Drift", "InboxEvent", ' +
      '"Subscription", "AuditEntry", "SavedView", "StaffRight", "StaffPreference", "Collection", "HoldoutChange", "Refund", "Stretch", "LeftOutDays" CASCADE',
  );
}
