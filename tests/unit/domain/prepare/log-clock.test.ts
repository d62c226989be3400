import { describe, expect, it } from "vitest";
import { joinBaskets, sliceBaskets } from "#app/domain/prepare/baskets.ts";
import { openLogClock } from "#app/domain/prepare/log-clock.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { orderByService } from "#app/domain/prepare/service-times.ts";
import { HOUR_MS } from "#app/domain/time.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

/** Orders at these instants, each with the clock's offset from UTC in hours. */
function prepare(orders: readonly { at: string; offsetHours?: number }[]) {
  const lines = orders.map(({ at, offsetHours }, order) =>
    orderLine({
      orderId: `o${order}`,
      placedAtMs: Date.parse(at),
      serviceAtMs: Date.parse(at) + HOUR_MS,
      ...(offsetHours === undefined ? {} : { clockOffsetMinutes: offsetHours * 60 }),
    }),
  );
  return prepareBaskets(lines, [], { currency: "USD" }).baskets;
}

const [WINTER, SUMMER] = ["2026-01-02T23:30:00.000Z", "2026-07-02T22:30:00.000Z"];

describe("clock of an order log", () => {
  it("is UTC when no time names a zone", () => {
    const baskets = prepare([{ at: WINTER }, { at: SUMMER }]);
    expect(baskets.clockOffsetMinutes).toBeUndefined();
    expect(openLogClock(baskets)(Date.parse(WINTER))).toBe(Date.parse(WINTER));
  });

  it("is each order's own, so 18:30 is the same in summer and in winter", () => {
    const baskets = prepare([
      { at: SUMMER, offsetHours: -4 },
      { at: WINTER, offsetHours: -5 },
    ]);
    const shown = Array.from(baskets.placedAtMs.map(openLogClock(baskets)), (ms) =>
      new Date(ms).toISOString(),
    );
    expect(shown).toEqual(["2026-01-02T18:30:00.000Z", "2026-07-02T18:30:00.000Z"]);
  });

  it("stays with its orders through split, join and sort by service time", () => {
    const baskets = prepare([
      { at: SUMMER, offsetHours: -4 },
      { at: WINTER, offsetHours: -5 },
      { at: "2026-09-01T10:00:00Z" },
    ]);
    const parts = [sliceBaskets(baskets, 0, 1), sliceBaskets(baskets, 1, 3)] as const;
    expect([...parts[1].clockOffsetMinutes!]).toEqual([-240, 0]);
    expect(joinBaskets(...parts)).toEqual(baskets);
    expect([...orderByService(baskets, Infinity)!.clockOffsetMinutes!]).toEqual([-300, -240, 0]);
  });
});
