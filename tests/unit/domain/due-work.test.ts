import { describe, expect, it } from "vitest";
import { nextDueMs } from "#app/domain/due-work.ts";
import { DAY_MS, HOUR_MS, openZonedClock } from "#app/domain/time.ts";

const NIGHTLY = ["collect.reconcile", "prepare.start", "evaluate.steer"] as const;
const shops = Array.from({ length: 2_000 }, (_, at) => `shop-${at}.myshopify.com`);
const NOW_MS = Date.parse("2026-11-24T12:00:00Z");

describe("nextDueMs", () => {
  it.each(NIGHTLY)("puts %s into the shop's night in every time zone", (kind) => {
    for (const timeZone of ["Asia/Tokyo", "America/Los_Angeles", "Asia/Kathmandu", "UTC"]) {
      for (const shop of shops.slice(0, 50)) {
        const hour =
          (openZonedClock(timeZone)(nextDueMs(kind, { shop, timeZone }, NOW_MS)) % DAY_MS) / HOUR_MS;
        expect(hour).toBeGreaterThanOrEqual(1);
        expect(hour).toBeLessThan(6);
      }
    }
  });

  it("spreads shops evenly: no sixth of the time has twice its share", () => {
    const sixths = new Map<number, number>();
    for (const shop of shops) {
      const sixth = Math.floor(
        nextDueMs("collect.reconcile", { shop, timeZone: "UTC" }, NOW_MS) / (HOUR_MS / 3),
      );
      sixths.set(sixth, (sixths.get(sixth) ?? 0) + 1);
    }
    expect(sixths.size).toBe(6);
    expect(Math.max(...sixths.values())).toBeLessThan((shops.length / 6) * 2);
  });

  it("keeps the time of day across a clock change, and publishes every hour", () => {
    const shop = { shop: shops[7]!, timeZone: "Europe/Berlin" };
    const clock = openZonedClock(shop.timeZone);
    for (const kind of NIGHTLY) {
      let atMs = Date.parse("2026-10-22T12:00:00Z");
      const places = new Set<number>();
      for (let day = 0; day < 6; day++) {
        const nextMs = nextDueMs(kind, shop, atMs);
        expect(nextMs).toBeGreaterThan(atMs);
        expect(nextMs - atMs).toBeLessThanOrEqual(25 * HOUR_MS);
        places.add(clock(nextMs) % DAY_MS);
        atMs = nextMs;
      }
      expect(places.size).toBe(1);
    }
    const firstMs = nextDueMs("publish.reconcile", shop, NOW_MS);
    expect(nextDueMs("publish.reconcile", shop, firstMs) - firstMs).toBe(HOUR_MS);
  });

  it("runs overdue work once, not once per missed day", () => {
    const shop = { shop: shops[0]!, timeZone: "UTC" };
    const nextMs = nextDueMs("prepare.start", shop, NOW_MS + 5 * DAY_MS);
    expect(nextMs).toBeGreaterThan(NOW_MS + 5 * DAY_MS);
    expect(nextMs).toBeLessThanOrEqual(NOW_MS + 6 * DAY_MS);
  });
});
