import { beforeEach, describe, expect, it } from "vitest";
import { openWords } from "#app/locales/words.server.ts";
import { claimResult } from "#app/data/experiment/measured-periods.server.ts";
import { forgetFormerAmounts } from "#app/data/bundles/bundle-edits.server.ts";
import { enforceRetention } from "#app/services/privacy/enforce-retention.server.ts";
import { PeriodResult } from "#app/domain/evaluate/proof/period-result.ts";
import { createSlowAnswers } from "#app/services/deps.server.ts";
import { readResults } from "#app/services/evaluate/read-results.server.ts";
import { readUplift } from "#app/services/evaluate/read-uplift.server.ts";
import { keepFinishedPeriods } from "#app/services/evaluate/keep-finished-periods.server.ts";
import { tellFirstResult } from "#app/services/evaluate/tell-result.server.ts";
import { readResultsPage } from "#app/pages/results/read-results-page.server.ts";
import { addBundle, SHOP } from "#tests/factories/bundle-shop.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";

const DAY_MS = 86_400_000;
const APPROVED_AT = new Date("2026-06-01T10:00:00Z");
const ENDED_AT = new Date("2026-08-30T00:00:00Z");
const NIGHT_AFTER = new Date("2026-08-30T01:30:00Z");
const NIGHT_LATER = new Date("2026-08-31T01:30:00Z");
const words = openWords("en");

const opened = await openBundleShopEachTest();

beforeEach(async () => {
  await opened.deps.db.measuredPeriod.deleteMany();
  await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { settings: { holdoutRatio: 0.2 } } });
  const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published" });
  await opened.deps.db.decision.create({
    data: {
      shop: SHOP,
      bundleId,
      decidedBy: "42",
      action: "approve",
      detail: { to: "approved" },
      decidedAt: APPROVED_AT,
    },
  });
  await fillPeriod();
});

/** Fifty visitors a day, a fifth of them held out. Every fifth treated visitor buys, and every tenth held-out one. */
async function fillPeriod(): Promise<void> {
  await opened.deps.pool.query(
    `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, arm, "productGid", "occurredAt")
     SELECT $1, k || n, 'v' || n, k, CASE WHEN n % 5 = 0 THEN 'holdout' ELSE 'treated' END, $3,
       $2::timestamp(3) + make_interval(days => n / 50) FROM generate_series(0, 4499) n,
         unnest(ARRAY['page_viewed', 'product_viewed']) k`,
    [SHOP, "2026-06-01T12:00:00Z", opened.variants[0]!.productGid],
  );
  await opened.deps.pool.query(
    `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "visitorKey", "totalMinor")
     SELECT shop, 'o-' || "visitorKey", "occurredAt" + interval '1 hour', "occurredAt", 'USD', "visitorKey", 1000
     FROM "BrowseEvent"
     WHERE kind = 'page_viewed' AND ((arm = 'treated' AND substr("visitorKey", 2)::int % 25 IN (1, 2, 3, 4, 6, 7)) OR
       (arm = 'holdout' AND substr("visitorKey", 2)::int % 50 = 0))`,
  );
  await opened.deps.pool.query(
    `INSERT INTO "OrderLine" (shop, "orderGid", position, "variantGid", title, quantity, "unitPriceMinor")
     SELECT shop, "orderGid", 0, $1, 'Product', 1, 1000 FROM "Order"`,
    [opened.variants[0]!.variantGid],
  );
}

const readPage = (now: Date) => readResultsPage(opened.deps, { shop: SHOP, days: 28, now, words });

describe("a finished measuring period", () => {
  it("is saved before its data is deleted, and stays on the page afterwards", async () => {
    expect(await keepFinishedPeriods(opened.deps, { now: NIGHT_AFTER })).toBe(1);
    await enforceRetention(opened.deps, { now: new Date(ENDED_AT.getTime() + 800 * DAY_MS) });
    expect(await opened.deps.db.browseEvent.count()).toBe(0);

    const page = (await readPage(new Date("2026-09-10T12:00:00Z")))!;

    expect(page.period).toMatchObject({ day: 12, ofDays: 90 });
    expect(page.finished).toMatchObject([
      { visitors: "4,500", verdict: "The offers bring in more than no offers.", measured: "Aug 30, 2026" },
    ]);
    expect(page.finished[0]!.time).toMatch(/Jun 1, 2026.*Aug 29, 2026/);
  });

  it("states its money in the currency of that time", async () => {
    await keepFinishedPeriods(opened.deps, { now: NIGHT_AFTER });
    const perVisitor = async () => (await readPage(NIGHT_AFTER)).finished[0]!.perVisitor;
    const then = await perVisitor();
    for (const currency of ["EUR", "JPY"]) {
      await forgetFormerAmounts(opened.deps.db, { shop: SHOP, currency });
      await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { currency } });
    }

    expect(await perVisitor()).toEqual(then);
  });

  it.each([
    ["America/New_York", "Jun 1", "Aug 29", "Aug 30"],
    ["Europe/Berlin", "Jun 1", "Aug 29", "Aug 30"],
    ["Pacific/Auckland", "Jun 2", "Aug 30", "Aug 31"],
  ])(
    "has ninety dates of the shop's calendar in %s, and the next one starts on the following date",
    async (timeZone, ...dates) => {
      await keepFinishedPeriods(opened.deps, { now: NIGHT_AFTER });
      await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { timeZone } });

      const page = (await readPage(new Date("2026-09-10T12:00:00Z")))!;

      const [from, to, next] = dates.map((date) => `${date}, 2026`);
      expect(page.finished[0]!.time).toMatch(new RegExp(`^${from}.*${to}$`));
      expect(page.period?.from).toBe(next);
    },
  );

  it("counts orders of its last hours that come after the first night", async () => {
    const { db } = opened.deps;
    const { orderGid } = await db.order.findFirstOrThrow({ orderBy: { placedAt: "desc" } });
    const readOn = async (now: Date, isKnown: boolean) => {
      await db.order.updateMany({ where: { orderGid }, data: { isTest: !isKnown } });
      await keepFinishedPeriods(opened.deps, { now });
      const { result } = await db.measuredPeriod.findFirstOrThrow();
      return PeriodResult.parse(result).perVisitorMinor.value;
    };

    const early = await readOn(NIGHT_AFTER, false);

    expect(await readOn(NIGHT_LATER, true)).not.toBe(early);
  });

  it("is saved on the first two nights only: a later reading would lack deleted data", async () => {
    for (const now of [NIGHT_AFTER, NIGHT_LATER])
      expect(await keepFinishedPeriods(opened.deps, { now })).toBe(1);
    await opened.deps.db.browseEvent.deleteMany();
    expect(await keepFinishedPeriods(opened.deps, { now: new Date("2026-09-01T01:30:00Z") })).toBe(0);
    const [kept] = await opened.deps.db.measuredPeriod.findMany();
    expect(kept).toMatchObject({ result: { visitors: { treated: 3_600, holdout: 900 } } });
  });

  it("is not saved while it runs, nor long after its end", async () => {
    expect(await keepFinishedPeriods(opened.deps, { now: new Date("2026-08-29T23:59:00Z") })).toBe(0);
    expect(await keepFinishedPeriods(opened.deps, { now: new Date("2026-10-15T01:30:00Z") })).toBe(0);
    expect(await opened.deps.db.measuredPeriod.count()).toBe(0);
  });

  it("of a shop with unreadable settings is skipped without an error", async () => {
    await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { settings: { holdoutRatio: "much" } } });
    expect(await keepFinishedPeriods(opened.deps, { now: NIGHT_AFTER })).toBe(0);
  });
});

describe("the results of a running period", () => {
  it("have no period before the first approval", async () => {
    await opened.deps.db.decision.deleteMany();
    expect((await readPage(ENDED_AT)).period).toBeNull();
  });

  it.each([
    ["America/New_York", "2026-07-10T15:00:00Z", "Jul 10"],
    // In the evening of the same day in the shop's time zone, the next day has begun in UTC.
    ["America/New_York", "2026-07-11T02:00:00Z", "Jul 10"],
    ["Europe/London", "2026-07-10T15:00:00Z", "Jul 10"],
    ["Pacific/Auckland", "2026-07-09T21:00:00Z", "Jul 10"],
    ["Pacific/Auckland", "2026-07-10T03:00:00Z", "Jul 10"],
  ])("have today's date in %s at %s, and each date once", async (timeZone, now, today) => {
    await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { timeZone } });

    const { track } = (await readPage(new Date(now)))!;

    const dates = track.map(({ day }) => day);
    expect(dates.at(-1)).toBe(`${today}, 2026`);
    expect(dates.at(-2)).toBe("Jul 9, 2026");
    expect(new Set(dates).size).toBe(dates.length);
  });

  it("base a month on the days that count and the time of today, in the answer and in the chart", async () => {
    const [startsAt, notedAt] = [new Date("2026-06-01T00:00:00Z"), new Date("2026-05-01T00:00:00Z")];
    const days = { shop: SHOP, reason: "outage", notedAt };
    await opened.deps.db.leftOutDays.createMany({
      data: [6, 10].map((count) => ({ ...days, startsAt, endsAt: new Date(+startsAt + count * DAY_MS) })),
    });

    const now = new Date("2026-08-29T12:00:00.001Z");
    const page = await readPage(now);
    const { uplift } = await readUplift(opened.deps, { shop: SHOP, nowMs: now.getTime() });

    // Forty treated visitors came on each of the eighty days, of which the last is half over.
    expect(uplift.visitors.treated).toBe(3_200);
    const { value } = page.track.at(-1)!;
    expect(value).toBeCloseTo((uplift.perVisitorMinor.value * 30 * 3_200) / 79.5 / 100, 6);
    expect(page.answer.text).toContain(`about ${page.track.at(-1)!.range.value} of revenue a month`);
  });

  const seeOffer = async () => {
    const bundle = await opened.deps.db.bundle.findFirstOrThrow();
    await opened.deps.db.browseEvent.create({
      data: {
        shop: SHOP,
        eventId: "seen",
        visitorKey: "late",
        arm: "treated",
        kind: "offer_seen",
        bundleId: bundle.id,
        occurredAt: new Date("2026-08-29T12:00:00Z"),
      },
    });
  };

  it("state no worth and no difference of a broken draw, running or finished", async () => {
    await seeOffer();
    await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { settings: { holdoutRatio: 0.4 } } });

    const page = await readPage(new Date("2026-08-29T13:00:00Z"));
    expect(page.answer.kind).toBe("broken");
    expect(page.bundles).toMatchObject([{ title: "Product 1 + Product 2", worth: null }]);
    expect(page.metrics).toEqual([]);

    await keepFinishedPeriods(opened.deps, { now: NIGHT_AFTER });
    const { perVisitor, incremental } = (await readPage(NIGHT_AFTER)).finished[0]!;
    expect([perVisitor.interval, incremental.interval]).toEqual(["", ""]);
  });

  it("show the answer day by day, all other metrics and the worth of each offer", async () => {
    await seeOffer();
    const page = (await readPage(new Date("2026-08-29T13:00:00Z")))!;

    expect(page.bundles).toMatchObject([
      {
        title: "Product 1 + Product 2",
        worth: { value: expect.stringMatching(/\d/), interval: expect.stringContaining(" to ") },
      },
    ]);
    expect(page.period).toMatchObject({ day: 90, ofDays: 90 });
    expect(page.answer).toMatchObject({
      kind: "known",
      text: expect.stringMatching(/^Worth about \S+ of revenue a month, between /),
      more: expect.arrayContaining(["The offers bring in more than no offers."]),
    });
    expect(page.track.length).toBeGreaterThan(30);
    expect(page.answer.text).toContain(`about ${page.track.at(-1)!.range.value} of revenue a month`);
    expect(page.track.at(-1)!.low).toBeGreaterThan(0);
    expect(page.metrics[0]).toMatchObject({ name: "revenue", isPrimary: true });
    expect(page.metrics.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["margin", "fullPriceUnits", "orderValue", "returnRate", "repeatRate"]),
    );
    expect(page.finished).toEqual([]);
  });
});

describe("the share of orders still to come", () => {
  it.each([
    // About half of the orders of visitors from the last noon are still to come. All others had the thirty hours that
    // the rest take.
    ["2026-06-11T00:30:00Z", 0.5 / 10],
    ["2026-06-10T23:30:00Z", 0.5 / 10],
    ["2026-06-11T19:00:00Z", 0.5 / 11],
  ])("counts visitors by the time since their visit, at %s", async (now, expected) => {
    await opened.deps.pool.query(
      `UPDATE "Order" SET "placedAt" = "placedAt" + make_interval(hours => CASE
         WHEN (substr("visitorKey", 2)::int / 25) % 2 = 0 THEN 0 ELSE 29 END)`,
    );
    const { uplift } = await readUplift(opened.deps, { shop: SHOP, nowMs: Date.parse(now) });
    expect(uplift.toComeRatio).toBeCloseTo(expected, 2);
  });
});

describe("a cached comparison", () => {
  /** Dependencies whose clock makes every answer slow. */
  const slow = () => {
    let nowMs = 0;
    return { ...opened.deps, slowAnswers: createSlowAnswers(() => (nowMs += 1_000)) };
  };

  it("is read again after the first approval and when another period begins", async () => {
    const deps = slow();
    const read = (nowMs: number) => readUplift(deps, { shop: SHOP, nowMs });
    const { decidedAt, ...approval } = await opened.deps.db.decision.findFirstOrThrow();
    await opened.deps.db.decision.deleteMany();
    expect((await read(ENDED_AT.getTime() - 2)).period.hasBegun).toBe(false);
    await opened.deps.db.decision.create({ data: { ...approval, decidedAt, detail: {} } });
    const last = await read(ENDED_AT.getTime() - 1);
    expect(last.period).toMatchObject({ hasBegun: true, day: 90 });
    const { period, uplift } = await read(ENDED_AT.getTime() + 1);
    expect(period).toMatchObject({ startMs: ENDED_AT.getTime(), day: 1 });
    expect(uplift.visitors).toEqual({ treated: 0, holdout: 0 });
  });

  it("is read again in another currency, in which nothing was sold yet", async () => {
    const deps = slow();
    const window = { shop: SHOP, fromMs: APPROVED_AT.getTime(), toMs: ENDED_AT.getTime() - 1 };
    expect((await readResults(deps, window)).arms.treated.revenueMinor).toBeGreaterThan(0);
    await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { currency: "EUR" } });
    expect((await readResults(deps, window)).arms.treated.revenueMinor).toBe(0);
  });
});

describe("the result that workflows receive", () => {
  const stated: object[] = [];
  /** The same dependencies, with a queue that records its jobs. */
  const listening = () => {
    const enqueue = (name: string, payload: object) => Promise.resolve(void stated.push({ name, payload }));
    return { ...opened.deps, jobs: { ...opened.deps.jobs, enqueue } };
  };

  beforeEach(() => void stated.splice(0));

  it("is missing while the interval includes zero, and for a period without visitors", async () => {
    await tellFirstResult(listening(), { shop: SHOP, now: new Date("2026-06-02T05:00:00Z") });
    await opened.deps.db.browseEvent.deleteMany();
    await keepFinishedPeriods(listening(), { now: NIGHT_AFTER });
    expect(stated).toEqual([]);
  });

  it("is sent once: on the first day without zero, not on the next, nor at the period's end", async () => {
    await tellFirstResult(listening(), { shop: SHOP, now: new Date("2026-08-20T05:00:00Z") });
    await tellFirstResult(listening(), { shop: SHOP, now: new Date("2026-08-21T05:00:00Z") });
    await keepFinishedPeriods(listening(), { now: NIGHT_AFTER });
    const payload = { shop: SHOP, trigger: "result-known", worthMinor: { low: expect.any(Number) } };
    expect(stated).toMatchObject([{ name: "publish.flow", payload }]);
  });

  it("is not sent for an earlier period that is saved late, nor then again for the current one", async () => {
    expect(await claimResult(opened.deps.db, SHOP, ENDED_AT)).toBe(true);
    await keepFinishedPeriods(listening(), { now: NIGHT_AFTER });
    expect(stated).toEqual([]);
    expect(await claimResult(opened.deps.db, SHOP, ENDED_AT)).toBe(false);
  });

  it("is sent at the period's end if no day sent it before", async () => {
    await keepFinishedPeriods(listening(), { now: NIGHT_AFTER });
    await tellFirstResult(listening(), { shop: SHOP, now: new Date("2026-08-29T05:00:00Z") });
    expect(stated).toHaveLength(1);
  });
});
