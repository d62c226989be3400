import { describe, expect, it } from "vitest";
import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";
import { matchOrderLogHeader } from "#app/domain/collect/order-log/order-log-columns.ts";
import { openOrderRowParser } from "#app/domain/collect/order-log/parse-order-row.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { medianLeads, orderByService, sumUpLeads } from "#app/domain/prepare/service-times.ts";
import { explainLead } from "#app/domain/propose/evidence/explain-season.ts";
import { indexOccurrences } from "#app/domain/propose/together/occurrences.ts";
import { DAY_MS } from "#app/domain/time.ts";

const START_MS = Date.UTC(2026, 0, 1);

/** Orders on the given days, each this many days before its service; null has no service time. */
function prepare(orders: readonly { day: number; leadDays: number | null; skus: readonly string[] }[]) {
  const lines = orders.flatMap(({ day, leadDays, skus }, order) =>
    skus.map((itemKey): OrderLineRecord => ({
      orderId: `o${order}`,
      placedAtMs: START_MS + day * DAY_MS,
      itemKey,
      title: itemKey,
      quantity: 1,
      unitPriceMinor: 100,
      customerKey: null,
      ...(leadDays === null ? {} : { serviceAtMs: START_MS + (day + leadDays) * DAY_MS }),
    })),
  );
  return prepareBaskets(lines, [], { currency: "EUR" }).baskets;
}

describe("service time of an order", () => {
  const parserOf = (header: readonly string[]) => {
    const matched = matchOrderLogHeader(header);
    if (!matched.ok) throw new Error(matched.detail);
    return openOrderRowParser(matched.value, { fallbackCurrency: "EUR", toCustomerKey: (id) => id });
  };

  it.each(["service_date", "Departure", "departure date"])("is read from a column %s", (column) => {
    const parser = parserOf(["order_id", "ts", "sku", "title", "qty", "unit_price", column]);
    const row = ["1", "2026-01-01", "ski", "Ski", "1", "9.00"];
    expect(parser.parse([...row, "2026-03-01"])).toMatchObject({
      value: { serviceAtMs: Date.UTC(2026, 2, 1) },
    });
    expect(parser.parse([...row, ""])).toMatchObject({ ok: true });
    expect(parser.parse([...row, "soon"])).toMatchObject({
      ok: false,
      reason: { code: "row.notDate", values: { cell: "soon" } },
    });
  });

  it("is missing when no order has one, and defaults to the order's time otherwise", () => {
    expect(prepare([{ day: 0, leadDays: null, skus: ["a"] }]).serviceAtMs).toBeUndefined();
    const { serviceAtMs, placedAtMs } = prepare([
      { day: 0, leadDays: null, skus: ["a"] },
      { day: 1, leadDays: 5, skus: ["a"] },
    ]);
    expect(serviceAtMs![0]).toBe(placedAtMs[0]);
    expect(serviceAtMs![1]).toBe(placedAtMs[1]! + 5 * DAY_MS);
  });

  it("sorts the baskets that were served before the cutoff", () => {
    const baskets = prepare([
      { day: 0, leadDays: 30, skus: ["late", "x"] },
      { day: 1, leadDays: 2, skus: ["early"] },
      { day: 2, leadDays: 90, skus: ["to come"] },
    ]);
    const served = orderByService(baskets, START_MS + 40 * DAY_MS)!;
    expect(served.orderIds).toEqual(["o1", "o0"]);
    expect([...served.item].map((item) => served.items[item]!.key)).toEqual(["early", "late", "x"]);
    expect([...served.offsets]).toEqual([0, 1, 3]);
  });

  it("has its median and 80 % range stated, but not for few orders", () => {
    expect(sumUpLeads(Float64Array.from({ length: 19 }, (_, day) => day))).toBeNull();
    const leads = Float64Array.from({ length: 101 }, (_, day) => 100 - day);
    expect(sumUpLeads(leads)).toEqual({ medianDays: 50, lowDays: 10, highDays: 90 });
  });

  it("has the shop's median lead for a rare product", () => {
    const often = Array.from({ length: 40 }, (_, day) => ({ day, leadDays: 60, skus: ["often"] }));
    const baskets = prepare([...often, { day: 41, leadDays: 3, skus: ["rare"] }]);
    expect([...medianLeads(baskets, START_MS + 400 * DAY_MS)!]).toEqual([60, 60]);
  });

  it("is stated for a bundle when most of its orders have one", () => {
    const leadOf = (named: number, unnamed: number) => {
      const orders = Array.from({ length: named + unnamed }, (_, day) => ({
        day,
        leadDays: day < named ? 40 + day : null,
        skus: ["hut", "ski"],
      }));
      const occurrences = indexOccurrences(prepare(orders), 0, Infinity);
      return explainLead({ occurrences }, { items: [0, 1] });
    };
    expect(leadOf(0, 21)).toEqual([]);
    expect(leadOf(21, 21)).toEqual([]);
    expect(leadOf(21, 20)).toMatchObject([{ code: "leadTime", values: { median: 50, low: 42, high: 58 } }]);
  });
});
