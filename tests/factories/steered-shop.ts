import { beforeEach } from "vitest";
import { countOfferTrials, type TimedOffer } from "#app/data/bundles/offer-trials.server.ts";
import type { OfferTerms, Tier, PurchaseRule } from "#app/domain/offer/offer.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { steerShop } from "#app/services/evaluate/steer-shop.server.ts";
import { decideBundle } from "#app/services/validate/decide-bundle.server.ts";
import { switchAutopilotOn } from "#app/services/validate/switch-autopilot.server.ts";
import { addBundle, SHOP, type StockedVariant } from "./bundle-shop.ts";
import { openBundleShopEachTest } from "./bundle-shop-each-test.ts";

export const NOW = new Date("2026-11-24T12:00:00Z");
export const at = (days: number) => new Date(NOW.getTime() + days * DAY_MS);

export const stockOf = ({ variantGid }: StockedVariant) => ({ shop_variantGid: { shop: SHOP, variantGid } });

/** Terms of a range, quantity breaks, a fixed price and a gift, for products at 10.00. */
export const RANGE = {
  kind: "range",
  units: 2,
  allowsRepeats: false,
  reward: { type: "percent", basisPoints: 1_900 },
} as const satisfies OfferTerms;
export const LOW: Tier = { units: 2, reward: { type: "percent", basisPoints: 1_000 } };
export const HIGH: Tier = { units: 4, reward: { type: "percent", basisPoints: 1_900 } };
export const BREAKS: OfferTerms & { kind: "breaks" } = { kind: "breaks", scope: "pool", tiers: [LOW, HIGH] };
export const PRICE = {
  kind: "set",
  reward: { type: "price", priceMinor: 1_620 },
} as const satisfies OfferTerms;
export const GIFT = { kind: "gift", spendMinor: null, giftBasisPoints: 10_000 } as const satisfies OfferTerms;

/** As `openBundleShopEachTest`, with the autopilot off and with the actions of its tests. */
export async function openSteeredShop() {
  const opened = await openBundleShopEachTest();

  beforeEach(async () => {
    await opened.deps.db.autopilot.deleteMany();
    // These tests assign visitors to arms instead of drawing them.
    await holdOut(0);
  });

  const holdOut = (holdoutRatio: number) =>
    opened.deps.db.shop.update({ where: { shop: SHOP }, data: { settings: { holdoutRatio } } });

  const on = (collectionGids: string[] = [], now = at(-1), isAnew = false) =>
    switchAutopilotOn(opened.deps, { shop: SHOP, now, collectionGids, isAnew });
  const steer = (now = NOW) => steerShop(opened.deps, { shop: SHOP, now });
  const read = (id: string) =>
    opened.deps.db.bundle.findUniqueOrThrow({ where: { id }, include: { decisions: true } });

  /** Publishes a bundle that was approved this many days ago. */
  async function publish(
    components: StockedVariant[],
    days: number,
    discountRatio = 0.1,
    kind = "complementary",
  ): Promise<string> {
    const id = await addBundle(opened.deps, components, { status: "proposed", discountRatio, kind });
    await decideBundle(opened.deps, {
      shop: SHOP,
      bundleId: id,
      decision: "approve",
      decidedBy: "staff",
      now: at(-days),
    });
    await opened.deps.db.bundle.update({ where: { id }, data: { status: "published" } });
    return id;
  }

  /** Replaces the forecasts by those of a run this many days ago: by default an order of each variant a day. */
  async function saveForecast(
    variants: readonly StockedVariant[],
    {
      daysAgo = 0,
      ordersExpected = 28,
      ...season
    }: {
      daysAgo?: number;
      ordersExpected?: number;
      seasonIndex?: number;
      seasonAhead?: (number | null)[];
    } = {},
  ): Promise<void> {
    const run = await opened.deps.db.run.create({ data: { shop: SHOP, cutoffAt: at(-daysAgo) } });
    await opened.deps.db.forecast.deleteMany();
    await opened.deps.db.forecast.createMany({
      data: variants.map(({ variantGid }) => ({
        shop: SHOP,
        variantGid,
        runId: run.id,
        horizonDays: 28,
        ordersExpected,
        ordersLow: ordersExpected / 2,
        ordersHigh: ordersExpected * 2,
        trend: "flat",
        ...season,
      })),
    });
  }

  /** Visitors of the bundle's page on a day: `sets` of them buy both products, `parts` only the first one. */
  async function visit(
    bundleId: string,
    [anchor, other]: StockedVariant[],
    {
      day,
      visitors,
      sets,
      parts,
      arm = "treated",
      hasImpression = true,
      buysAfterMinutes = 1,
    }: {
      day: number;
      visitors: number;
      sets: number;
      parts: number;
      arm?: string;
      hasImpression?: boolean;
      buysAfterMinutes?: number;
    },
  ): Promise<void> {
    const prefix = `${bundleId}-${day}-${arm}-`;
    const occurredAt = at(day).toISOString();
    const kinds = [["product_viewed", anchor!.productGid], ...(hasImpression ? [["offer_seen", null]] : [])];
    for (const [kind, productGid] of kinds) {
      await opened.deps.pool.query(
        `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "productGid", "bundleId", arm, "occurredAt")
         SELECT $1, $2 || n || $3, $2 || n, $3, $4, CASE WHEN $4::text IS NULL THEN $5 END, $6, $7::timestamp(3)
         FROM generate_series(1, $8::int) n`,
        [SHOP, prefix, kind, productGid, bundleId, arm, occurredAt, visitors],
      );
    }
    await opened.deps.pool.query(
      `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "visitorKey", "totalMinor")
       SELECT $1, $2 || n, $3::timestamp(3) + $5::int * interval '1 minute', $3::timestamp(3), 'USD', $2 || n, 1000
       FROM generate_series(1, $4::int) n`,
      [SHOP, prefix, occurredAt, sets + parts, buysAfterMinutes],
    );
    await opened.deps.pool.query(
      `INSERT INTO "OrderLine" (shop, "orderGid", position, "variantGid", title, quantity, "unitPriceMinor")
       SELECT $1, $2 || n, p, ($3::text[])[p + 1], 'A product', 1, 1000
       FROM generate_series(1, $4::int) n, generate_series(0, 1) p WHERE p = 0 OR n <= $5::int`,
      [SHOP, prefix, [anchor!.variantGid, other!.variantGid], sets + parts, sets],
    );
  }

  /** Publishes a bundle with these terms, approved 30 days ago. The last component of a gift offer is the gift. */
  async function publishKind(terms: OfferTerms, discountRatio: number, components: StockedVariant[]) {
    // No run proposes a gift.
    const kind = terms.kind === "gift" ? "merchant" : "complementary";
    const id = await publish(components, 30, discountRatio, kind);
    await opened.deps.db.bundle.update({ where: { id }, data: { terms } });
    const position = terms.kind === "gift" ? components.length - 1 : -1;
    await opened.deps.db.bundleComponent.updateMany({
      where: { bundleId: id, position },
      data: { isGift: true },
    });
    return id;
  }

  /** The trials of an offer from the first of `times`, by default the last ten days at 10 % off. */
  const countTrials = (
    bundleId: string,
    purchase: PurchaseRule,
    times: TimedOffer["times"] = [{ fromMs: at(-10).getTime(), toMs: NOW.getTime(), discountRatio: 0.1 }],
  ) =>
    countOfferTrials(opened.deps.pool, {
      shop: SHOP,
      from: new Date(times[0]!.fromMs),
      to: NOW,
      offers: [{ key: bundleId, bundleId, times, purchase }],
      assumedMarginRatio: 0.4,
      usesShopifyCosts: false,
      includedTaxRatio: 0,
    });

  return { opened, holdOut, on, steer, read, publish, publishKind, saveForecast, visit, countTrials };
}
