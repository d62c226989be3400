import { beforeEach, describe, expect, it } from "vitest";
import { readTogetherOrders } from "#app/data/orders/read-season.server.ts";
import { countTogether } from "#app/data/orders/units-together.server.ts";
import { sumSold } from "#app/data/visits/exposures.server.ts";
import { toLegacyId } from "#app/domain/ids.ts";
import { formatDecimal } from "#app/domain/money.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { exportResults } from "#app/pages/results/export-results.server.ts";
import { applyShopInbox } from "#app/services/collect/apply-shop-inbox.server.ts";
import { receiveWebhook } from "#app/services/collect/receive-webhook.server.ts";
import { readBaskets } from "#app/services/prepare/prepare-run.server.ts";
import { readResults } from "#app/services/evaluate/read-results.server.ts";
import { addBundle, SHOP } from "#tests/factories/bundle-shop.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";

/** Still the first of the month in UTC. */
const PLACED_AT = "2026-11-02T00:30:00+11:00";
const LATER = "2026-11-04T10:00:00+11:00";
const NOW = new Date("2026-11-10T12:00:00Z");
const DAYS = 28;
const VISITOR = "a".repeat(32);
/** Prices of the products; a fifth of each is tax. */
const PRICES = [100, 50, 25, 30] as const;

const opened = await openBundleShopEachTest();
let bundleId = "";

beforeEach(async () => {
  const { deps, variants } = opened;
  await deps.db.shop.updateMany({ data: { currency: "EUR", timeZone: "Australia/Sydney" } });
  const approved = { status: "published", approvedAt: new Date("2026-10-31T12:00:00Z") };
  bundleId = await addBundle(deps, variants.slice(0, 2), approved);
  await addBundle(deps, variants.slice(2, 4), approved);
  await deps.db.browseEvent.createMany({
    data: ["page_viewed", "product_viewed"].map((kind) => ({
      shop: SHOP,
      eventId: kind,
      visitorKey: VISITOR,
      kind,
      arm: "treated",
      productGid: kind === "product_viewed" ? variants[0]!.productGid : null,
      occurredAt: new Date("2026-11-01T13:00:00Z"),
    })),
  });
});

/** An amount that the shopper paid in another currency. */
const money = (amount: number) => ({
  shop_money: { amount: amount.toFixed(2), currency_code: "EUR" },
  presentment_money: { amount: (amount * 1.1).toFixed(2), currency_code: "USD" },
});

interface Line {
  /** Index of the product; a line without one has no product. */
  readonly of?: number;
  readonly price?: number;
  /** Units out of one that are still in the order. */
  readonly kept?: number;
  /** Discounts of ours and of a code. */
  readonly ours?: number;
  readonly code?: number;
  readonly fields?: object;
}

function toLine({ of, price = PRICES[of!]!, kept = 1, ours = 0, code = 0, fields }: Line, at: number) {
  const variant = of === undefined ? undefined : opened.variants[of]!;
  const tax = variant ? (price - ours - code) / 5 : 0;
  const given = [ours, code];
  return {
    id: at + 1,
    admin_graphql_api_id: `gid://shopify/LineItem/${at + 1}`,
    variant_id: variant ? Number(toLegacyId(variant.variantGid)) : null,
    product_id: variant ? Number(toLegacyId(variant.productGid)) : null,
    title: variant?.title,
    name: variant?.title,
    quantity: 1,
    current_quantity: kept,
    price: price.toFixed(2),
    price_set: money(price),
    gift_card: false,
    tax_lines: tax > 0 ? [{ price: tax.toFixed(2), price_set: money(tax), rate: 0.25 }] : [],
    discount_allocations: given.flatMap((amount, index) =>
      amount > 0
        ? [{ amount: amount.toFixed(2), amount_set: money(amount), discount_application_index: index }]
        : [],
    ),
    ...fields,
  };
}

const orderOf = (lines: readonly Line[], fields: object = {}) => ({
  id: 1,
  admin_graphql_api_id: "gid://shopify/Order/1",
  created_at: PLACED_AT,
  processed_at: PLACED_AT,
  updated_at: PLACED_AT,
  cancelled_at: null,
  currency: "EUR",
  presentment_currency: "USD",
  taxes_included: true,
  test: false,
  source_name: "web",
  customer: { id: 5, admin_graphql_api_id: "gid://shopify/Customer/5" },
  note_attributes: [{ name: "_bundlesmith", value: `t:${VISITOR}` }],
  discount_applications: [
    { type: "automatic", title: "Bundle offer" },
    { type: "discount_code", code: "TEN" },
  ],
  line_items: lines.map(toLine),
  refunds: [] as object[],
  ...fields,
});

/** A refund of one unit of each given line at its price, with Shopify's extra amounts. */
const refundOf = (
  lines: Readonly<Record<number, number>>,
  discrepancies: readonly number[] = [],
  id = 1,
) => ({
  id,
  admin_graphql_api_id: `gid://shopify/Refund/${id}`,
  order_id: 1,
  created_at: LATER,
  processed_at: LATER,
  note: null,
  refund_line_items: Object.entries(lines).map(([at, subtotal]) => ({
    line_item_id: Number(at) + 1,
    quantity: 1,
    restock_type: "return",
    subtotal,
    subtotal_set: money(subtotal),
    total_tax: subtotal / 5,
  })),
  order_adjustments: discrepancies.map((amount) => ({
    kind: "refund_discrepancy",
    amount: amount.toFixed(2),
    amount_set: money(amount),
    tax_amount: "0.00",
  })),
  transactions: [],
});

type Webhook = readonly [topic: string, body: object];

async function tell(webhooks: readonly Webhook[]): Promise<void> {
  const { deps } = opened;
  for (const [number, [topic, body]] of webhooks.entries()) {
    await receiveWebhook(deps, {
      shop: SHOP,
      topic,
      webhookId: `w${number}`,
      triggeredAt: new Date(LATER),
      rawBody: JSON.stringify(body),
      now: NOW,
    });
    await applyShopInbox(deps, { shop: SHOP, now: () => new Date(Date.now() + DAY_MS) });
  }
  const isLeft = { OR: [{ problem: { not: null } }, { appliedAt: null }] };
  expect(await deps.db.inboxEvent.findMany({ where: isLeft })).toEqual([]);
}

/** Figures of the visitor, of the first bundle, and of all bundles. */
async function readFigures() {
  const { deps } = opened;
  const [fromMs, toMs] = [NOW.getTime() - DAYS * DAY_MS, NOW.getTime()];
  const { arms, bundles, sold: all } = await readResults(deps, { shop: SHOP, fromMs, toMs });
  const none = { orders: 0, revenueMinor: 0, discountMinor: 0 };
  const {
    orders: taken,
    revenueMinor,
    discountMinor,
  } = bundles.find((one) => one.bundleId === bundleId) ?? none;
  const file = await exportResults(deps, { shop: SHOP, days: DAYS, now: NOW });
  const window = { shop: SHOP, from: new Date(fromMs), to: NOW, bundleIds: [bundleId] };
  const sold = (await sumSold(deps.pool, window)).get(bundleId);
  // The pages and the file show the same.
  expect(sold).toMatchObject({ orders: taken, revenueMinor });
  if (taken > 0) expect(file).toContain(`,${taken},${formatDecimal(revenueMinor, "EUR")},`);
  const { orders, revenueMinor: armMinor } = arms.treated;
  return {
    visitor: [orders, Math.round(armMinor)],
    bundle: [taken, revenueMinor, discountMinor],
    all,
  };
}

const SET: readonly Line[] = [
  { of: 0, ours: 10 },
  { of: 1, ours: 5 },
];
const THREE: readonly Line[] = [...SET, { of: 2 }];
const updated = { updated_at: LATER };
const placed = (lines: readonly Line[], fields = {}): Webhook => ["orders/create", orderOf(lines, fields)];
const changed = (lines: readonly Line[], fields: object): Webhook => [
  "orders/updated",
  orderOf(lines, { ...updated, ...fields }),
];
/** 135.00 were paid for the set, including 27.00 of tax, and 15.00 of 150.00 were taken off. */
const WHOLE = [1, 10_800, 1_200];

describe("the figures of an order, calculated by hand from Shopify's messages", () => {
  it.each<[string, () => readonly Webhook[], { visitor: readonly number[]; bundle: readonly number[] }]>([
    ["that redeems an offer", () => [placed(SET)], { visitor: [1, 10_800], bundle: WHOLE }],
    [
      "with a code beside the offer",
      () => [
        placed([
          { of: 0, ours: 10, code: 9 },
          { of: 1, ours: 5, code: 4.5 },
        ]),
      ],
      { visitor: [1, 9_720], bundle: [1, 9_720, 1_200] },
    ],
    [
      "that was free, and holds no tax",
      () => [
        placed([
          { of: 0, ours: 10, code: 90 },
          { of: 1, ours: 5, code: 45 },
        ]),
      ],
      { visitor: [1, 0], bundle: [1, 0, 1_500] },
    ],
    [
      "of which another product came back",
      () => [placed(THREE), changed([...SET, { of: 2, kept: 0 }], { refunds: [refundOf({ 2: 25 })] })],
      { visitor: [1, 10_800], bundle: WHOLE },
    ],
    [
      "of which a product of the offer came back",
      () => [placed(THREE), ["refunds/create", refundOf({ 1: 45 })]],
      { visitor: [1, 7_200 + 2_000], bundle: [1, 7_200, 1_200] },
    ],
    [
      "of which a fifth was paid back beside a product that came back",
      () => [placed(THREE), ["refunds/create", refundOf({ 2: 25 }, [-27])]],
      { visitor: [1, 8_640], bundle: [1, 8_640, 1_200] },
    ],
    [
      "of which a fifth was paid back beside a product that came back, and an edit took out another",
      () => [
        placed([...THREE, { of: 3 }]),
        changed([...SET, { of: 2, kept: 0 }, { of: 3, kept: 0 }], { refunds: [refundOf({ 2: 25 }, [-27])] }),
      ],
      { visitor: [1, 8_640], bundle: [1, 8_640, 1_200] },
    ],
    [
      "of which a product came back for less than it had cost",
      () => [placed(THREE), ["refunds/create", refundOf({ 2: 25 }, [5])]],
      { visitor: [1, 10_800], bundle: WHOLE },
    ],
    [
      "in which an edit took a product for another, and the money followed",
      () => [
        placed(THREE),
        changed([...SET, { of: 2, kept: 0 }, { of: 3 }], {
          refunds: [refundOf({ 2: 25 }, [25]), refundOf({}, [-25], 2)],
        }),
      ],
      { visitor: [1, 10_800 + 2_400], bundle: WHOLE },
    ],
    [
      "in which a product was exchanged for a cheaper one",
      () => [
        placed(SET),
        changed([SET[0]!, { ...SET[1]!, kept: 0 }, { of: 2 }], { refunds: [refundOf({ 1: 45 }, [25])] }),
      ],
      { visitor: [1, 7_200 + 2_000], bundle: [1, 7_200, 1_200] },
    ],
    [
      "with a gift card, which counts where it is spent",
      () => [placed([{ of: 0 }, { of: 2, price: 50, fields: { gift_card: true } }])],
      { visitor: [1, 8_000], bundle: [0, 0, 0] },
    ],
    [
      "with a tip",
      () => [placed([...SET, { price: 3.59, fields: { title: "Tip", name: "Tip", tip: {} } }])],
      { visitor: [1, 10_800], bundle: WHOLE },
    ],
    [
      "of which the tip was paid back",
      () => {
        const tip = { price: 3.59, fields: { title: "Tip", name: "Tip", tip: {} } };
        const refund = refundOf({ 2: 3.59 });
        const [line] = refund.refund_line_items;
        return [
          placed([...SET, tip]),
          ["refunds/create", { ...refund, refund_line_items: [{ ...line, line_item: { tip: {} } }] }],
        ];
      },
      { visitor: [1, 10_800], bundle: WHOLE },
    ],
    [
      "in the currency that the shop had before",
      () => [placed(SET, { currency: "JPY" })],
      { visitor: [0, 0], bundle: [0, 0, 0] },
    ],
    [
      "that was cancelled",
      () => [placed(SET), ["orders/cancelled", orderOf(SET, { ...updated, cancelled_at: LATER })]],
      { visitor: [0, 0], bundle: [0, 0, 0] },
    ],
    [
      "that was deleted, though a message from before comes last",
      () => [placed(SET), ["orders/delete", { id: 1 }], placed(SET)],
      { visitor: [0, 0], bundle: [0, 0, 0] },
    ],
    ["that was a test", () => [placed(SET, { test: true })], { visitor: [0, 0], bundle: [0, 0, 0] }],
    [
      "that staff entered at a counter",
      () => [placed(SET, { source_name: "pos" })],
      { visitor: [0, 0], bundle: WHOLE },
    ],
    [
      "that is told twice, and last as it was first",
      () => [
        ["refunds/create", refundOf({ 2: 25 })],
        changed([...SET, { of: 2, kept: 0 }], { refunds: [refundOf({ 2: 25 })] }),
        placed(THREE),
        placed(THREE),
      ],
      { visitor: [1, 10_800], bundle: WHOLE },
    ],
    [
      "whose customer was forgotten",
      () => [
        placed(SET),
        ["customers/redact", { shop_domain: SHOP, customer: { id: 5 }, orders_to_redact: [1] }],
        changed(SET, {}),
      ],
      { visitor: [0, 0], bundle: WHOLE },
    ],
  ])("%s", async (_, webhooks, expected) => {
    await tell(webhooks());
    expect(await readFigures()).toMatchObject(expected);
  });

  it.each([
    ["as they were sent", [0, 1, 2, 3]],
    ["the latest first", [3, 2, 1, 0]],
    ["the refund before its order", [1, 0, 3, 2]],
    ["the edit before the refund", [0, 2, 3, 1]],
    ["the first last, and each twice", [2, 1, 3, 0, 0, 3, 1, 2]],
  ])("are the same when the messages of an edit and a refund arrive %s", async (_, arrival) => {
    const refunds = [refundOf({ 2: 25 })];
    const edited = [...SET, { of: 2, kept: 0 }, { of: 3, kept: 0 }, { of: 3 }];
    const sent = [
      placed([...THREE, { of: 3 }]),
      ["refunds/create", refunds[0]!],
      changed([...SET, { of: 2, kept: 0 }, { of: 3 }], { refunds }),
      changed(edited, { refunds, updated_at: "2026-11-05T10:00:00+11:00" }),
    ] as const satisfies readonly Webhook[];
    await tell(arrival.map((index) => sent[index]!));
    expect(await readFigures()).toMatchObject({ visitor: [1, 10_800 + 2_400], bundle: WHOLE });
  });

  it("of an order that redeems two offers count it for each, and once in total", async () => {
    const both = placed([...SET, { of: 2, ours: 2.5 }, { of: 3, ours: 3 }]);
    await tell([both]);
    expect(await readFigures()).toEqual({
      visitor: [1, 14_760],
      bundle: WHOLE,
      all: { orders: 1, revenueMinor: 14_760, discountMinor: 1_640 },
    });
  });
});

describe("the products of an order that count for learning and as evidence", () => {
  it.each<[string, () => readonly Webhook[], number]>([
    ["all that was kept", () => [placed([{ of: 0 }, { of: 1 }, { price: 3.59, fields: { tip: {} } }])], 2],
    ["no product that was taken out or came back", () => [placed([{ of: 0 }, { of: 1, kept: 0 }])], 1],
    ["no gift card", () => [placed([{ of: 0 }, { of: 1, fields: { gift_card: true } }])], 1],
    [
      "nothing that staff typed in",
      () => [placed([{ of: 0 }, { price: 40, fields: { title: "Engraving" } }])],
      1,
    ],
    ["nothing in a currency of before", () => [placed([{ of: 0 }, { of: 1 }], { currency: "JPY" })], 0],
    ["nothing of a test", () => [placed([{ of: 0 }, { of: 1 }], { test: true })], 0],
  ])("are %s", async (_, webhooks, products) => {
    await tell(webhooks());
    const { deps, variants } = opened;
    const { baskets } = await readBaskets(deps, { shop: SHOP, fromMs: 0, toMs: NOW.getTime() });
    expect(baskets.unitPriceMinor).toHaveLength(products);

    const variantGids = variants.slice(0, 2).map(({ variantGid }) => [variantGid]);
    const span = { shop: SHOP, variantGids, from: new Date(0), to: NOW };
    const least = { parts: 2, units: 1 };
    const counted = await countTogether(deps.pool, { ...span, least, spendMinor: null });
    expect(counted.ofEach.filter((orders) => orders > 0)).toHaveLength(products);
    expect(counted.ofParts).toBe(products === 2 ? 1 : 0);
    const calendar = { ...span, timeZone: "Australia/Sydney" };
    const { orders } = await readTogetherOrders(deps.pool, { ...calendar, asked: null });
    expect(orders).toBe(counted.ofParts);
    const inUnits = await readTogetherOrders(deps.pool, {
      ...calendar,
      asked: { units: 2, isOfOne: false },
    });
    expect(inUnits.orders).toBe(counted.ofParts);
  });
});
