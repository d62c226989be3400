import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  countCoViews,
  expectedViews,
  relateByViews,
  viewsTogether,
} from "#app/domain/behaviour/sessions/co-views.ts";

const MINUTE_MS = 60_000;
const ITEMS = 5;
type View = readonly [visitor: number, minute: number, item: number];
const toViews = (views: readonly View[]) => ({
  visitor: views.map(([visitor]) => visitor),
  atMs: views.map(([, minute]) => minute * MINUTE_MS),
  item: views.map(([, , item]) => item),
});
const count = (views: readonly View[], beforeMs?: number) => countCoViews(toViews(views), ITEMS, beforeMs);
const views = fc.array(fc.tuple(fc.nat(3), fc.nat(200), fc.nat(ITEMS - 1)), { maxLength: 60 });

describe("countCoViews", () => {
  it("counts nothing without views", () => {
    expect(count([]).sizeMoment).toBe(0);
    expect(expectedViews(count([]), 0, 1)).toBe(0);
  });

  it("leaves out a crawler's session and views from the cutoff on", () => {
    const crawler = Array.from({ length: 101 }, (_, item): View => [0, 0, item]);
    expect(Math.max(...countCoViews(toViews(crawler), 101).viewed)).toBe(0);
    const late: View[] = [
      [1, 0, 0],
      [1, 1, 1],
    ];
    expect(viewsTogether(count(late, MINUTE_MS), 0, 1)).toBe(0);
  });

  it("counts the newest million views, because the pairs of more fit into no map", () => {
    const sessions = 500_001;
    const column = (valueOf: (session: number, place: number) => number) =>
      Float64Array.from({ length: 2 * sessions }, (_, view) => valueOf(view >> 1, view & 1));
    const counted = countCoViews(
      {
        visitor: column((session) => session),
        atMs: column((session, place) => session + place),
        item: column((session, place) => (session === 0 ? 0 : 2) + place),
      },
      ITEMS,
    );
    expect(viewsTogether(counted, 2, 3)).toBe(500_000);
    expect(viewsTogether(counted, 0, 1)).toBe(0);
  });

  it("starts a new session after 30 minutes without a view, however long the session lasts", () => {
    const steady: View[] = [
      [1, 0, 0],
      [1, 30, 2],
      [1, 60, 1],
    ];
    expect(viewsTogether(count(steady), 0, 1)).toBe(1);
    const silent: View[] = [
      [1, 0, 0],
      [1, 31, 1],
    ];
    expect(viewsTogether(count(silent), 0, 1)).toBe(0);
  });

  it("counts a pair once per session and never across visitors", () => {
    const back: View[] = [
      [1, 0, 0],
      [1, 1, 1],
      [1, 2, 0],
      [1, 3, 1],
      [2, 3, 2],
    ];
    const counted = count(back);
    expect(viewsTogether(counted, 0, 1)).toBe(1);
    expect(viewsTogether(counted, 1, 2)).toBe(0);
    expect([...counted.viewed]).toEqual([1, 1, 1, 0, 0]);
  });

  it("is symmetric, at most either item's sessions, and independent of the log's order", () => {
    fc.assert(
      fc.property(views, (given) => {
        const counted = count(given);
        const reversed = count([...given].reverse());
        for (let a = 0; a < ITEMS; a++) {
          for (let b = 0; b < ITEMS; b++) {
            if (a === b) continue;
            const together = viewsTogether(counted, a, b);
            expect(together).toBe(viewsTogether(counted, b, a));
            expect(together).toBe(viewsTogether(reversed, a, b));
            expect(together).toBeLessThanOrEqual(Math.min(counted.viewed[a]!, counted.viewed[b]!));
          }
        }
      }),
    );
  });
});

describe("relateByViews", () => {
  it("is 0 without traffic and small for a rare pair", () => {
    expect(relateByViews({ sessions: 0, sessionsByChance: 0, orders: 0, ordersByChance: 0 })).toBe(0);
    const rare = relateByViews({ sessions: 1, sessionsByChance: 0.1, orders: 0, ordersByChance: 0.1 });
    const often = relateByViews({ sessions: 100, sessionsByChance: 10, orders: 0, ordersByChance: 10 });
    expect(rare).toBeLessThan(0.5);
    expect(often).toBeGreaterThan(2);
  });

  it("is negative for products that are bought together rather than compared", () => {
    expect(
      relateByViews({ sessions: 20, sessionsByChance: 10, orders: 60, ordersByChance: 10 }),
    ).toBeLessThan(0);
  });
});
