import { describe, expect, it } from "vitest";
import { readExpectedTraffic } from "#app/data/experiment/expected-traffic.server.ts";
import { readTimeToAnswer } from "#app/services/evaluate/read-time-to-answer.server.ts";
import { addBundle, SHOP } from "#tests/factories/bundle-shop.ts";
import { PLACED_AT as AT } from "#tests/factories/placed-order.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";

const opened = await openBundleShopEachTest();
const readTraffic = () => readExpectedTraffic(opened.deps.pool, { shop: SHOP, now: AT, days: 28 });

describe("planning how long to wait", () => {
  it("has no plan for a shop without visitors or without orders", async () => {
    expect(await readTimeToAnswer(opened.deps, { shop: SHOP, now: AT })).toEqual({
      answers: [],
      shares: [],
    });
  });

  it("estimates the days to a visible effect from the traffic, and the effect of other shares", async () => {
    await opened.deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "occurredAt")
       SELECT $1, 'e' || n, 'v' || n, 'page_viewed', $2::timestamp(3) - make_interval(secs => 86.4 * (n + 1))
       FROM generate_series(0, 9999) n`,
      [SHOP, AT.toISOString()],
    );
    await opened.deps.pool.query(
      `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "totalMinor")
       SELECT $1, 'o' || n, $2::timestamp(3) - make_interval(mins => 28 * (n + 1)), $2, 'USD', 5000
       FROM generate_series(0, 499) n`,
      [SHOP, AT.toISOString()],
    );

    const { answers, shares } = await readTimeToAnswer(opened.deps, { shop: SHOP, now: AT });

    const traffic = await readTraffic();
    // It is not known yet who would reach an offer.
    expect(traffic).toMatchObject({ visitorsADay: 1_000, meanMinor: 250, exposableRatio: 1 });
    expect(traffic!.deviationMinor).toBeCloseTo(5_000 * Math.sqrt(0.05 * 0.95), 6);
    const days = answers.map((answer) => answer.days ?? Infinity);
    expect(days).toEqual(days.toSorted((a, b) => b - a));
    expect(Math.min(...days)).toBeLessThan(Infinity);
    const effects = shares.map(({ smallestEffect }) => smallestEffect!);
    expect(effects).toEqual(effects.toSorted((a, b) => b - a));
  });

  /** Eighty visitors. Half of them buy, and every fourth viewed the first variant's product a day before. */
  async function addBuyers(): Promise<void> {
    await opened.deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "productGid", "occurredAt")
       SELECT $1, kind || n, 'v' || n, kind, $3, $2::timestamp(3) - interval '2 days' FROM generate_series(0, 79) n,
         unnest(CASE WHEN n % 4 = 0 THEN ARRAY['page_viewed', 'product_viewed'] ELSE ARRAY['page_viewed'] END) kind`,
      [SHOP, AT.toISOString(), opened.variants[0]!.productGid],
    );
    await opened.deps.pool.query(
      `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "totalMinor", "visitorKey")
       SELECT $1, 'o' || n, $2::timestamp(3) - interval '1 day', $2, 'USD', 5000, 'v' || n FROM generate_series(0, 39) n`,
      [SHOP, AT.toISOString()],
    );
  }

  it("counts only orders of visitors who came to a product with a live offer, which reduces the variance", async () => {
    await addBuyers();
    const before = await readTimeToAnswer(opened.deps, { shop: SHOP, now: AT });
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "proposed" });
    const whileProposed = await readTimeToAnswer(opened.deps, { shop: SHOP, now: AT });
    await opened.deps.db.bundle.update({ where: { id: bundleId }, data: { status: "published" } });

    const live = await readTimeToAnswer(opened.deps, { shop: SHOP, now: AT });

    expect(whileProposed).toEqual(before);
    expect((await readTraffic())!.exposableRatio).toBe(0.25);
    live.shares.forEach(({ smallestEffect }, index) =>
      expect(smallestEffect!).toBeLessThan(before.shares[index]!.smallestEffect!),
    );
  });

  it("counts all orders if shoppers see offers away from the products, as the comparison does", async () => {
    await addBuyers();
    await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published" });
    await opened.deps.pool.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "occurredAt")
       VALUES ($1, 'seen', 'v1', 'offer_seen', $2::timestamp(3) - interval '1 day')`,
      [SHOP, AT.toISOString()],
    );

    expect((await readTraffic())!.exposableRatio).toBe(1);
  });

  it("counts several orders of a visitor as one, up to the largest order", async () => {
    await addBuyers();
    const once = await readTraffic();
    await opened.deps.pool.query(
      `UPDATE "Order" SET "visitorKey" = 'v' || (right("orderGid", -1)::int / 2) WHERE shop = $1`,
      [SHOP],
    );

    const twice = await readTraffic();

    // No visitor counts for more than the largest order.
    expect(twice!.meanMinor).toBe(once!.meanMinor / 2);
  });

  it("leaves out till sales once the visitors of orders are known", async () => {
    await addBuyers();
    const online = await readTraffic();
    await opened.deps.pool.query(
      `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "totalMinor")
       SELECT $1, 'till' || n, $2::timestamp(3) - interval '1 day', $2, 'USD', 9000 FROM generate_series(0, 39) n`,
      [SHOP, AT.toISOString()],
    );

    expect(await readTraffic()).toEqual(online);
  });

  it("uses the time since the draw of the arms, and all of the pixel's time before a draw", async () => {
    const add = async (name: string, arm: string | null, days: number) => {
      const values = [SHOP, AT.toISOString(), name, days];
      await opened.deps.pool.query(
        `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "occurredAt", arm)
         SELECT $1, $3 || n, $3 || n, 'page_viewed', $2::timestamp(3) - make_interval(mins => 144 * $4 * (n + 1) / 10), $5
         FROM generate_series(0, 99) n`,
        [...values, arm],
      );
      await opened.deps.pool.query(
        `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "totalMinor", "visitorKey")
         SELECT $1, $3 || n, $2::timestamp(3) - make_interval(mins => 144 * $4 * (n + 1)), $2, 'USD', 5000, $5 || n
         FROM generate_series(0, 9) n`,
        [...values, arm && name],
      );
    };
    await add("before", null, 20);
    expect(await readTraffic()).toMatchObject({ visitorsADay: 5, meanMinor: 500 });

    await add("since", "treated", 2);
    expect(await readTraffic()).toMatchObject({ visitorsADay: 50, meanMinor: 500 });
  });
});
