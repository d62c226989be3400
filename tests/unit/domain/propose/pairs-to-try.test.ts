import { describe, expect, it } from "vitest";
import { countCoViews } from "#app/domain/behaviour/sessions/co-views.ts";
import { proposeBundles } from "#app/domain/propose/propose-bundles.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { END_MS, noNeighbours, toBaskets, toItem } from "./planted-shop.ts";

const items = [toItem("Mill"), toItem("Beans"), ...Array.from({ length: 12 }, (_, n) => toItem(`Thing${n}`))];
const MINUTE_MS = 60_000;

/** 400 visits; `both` of them view the mill and the beans. */
function coViews(both: number) {
  const views = Array.from({ length: 400 }, (_, visitor) =>
    visitor < both ? [0, 1, 2 + (visitor % 12)] : [2 + (visitor % 12), 2 + ((visitor + 5) % 12)],
  ).flatMap((visit, visitor) => visit.map((item, view) => ({ visitor, item, atMs: view * MINUTE_MS })));
  const column = <K extends "visitor" | "item" | "atMs">(name: K) => views.map((view) => view[name]);
  return countCoViews(
    { visitor: column("visitor"), item: column("item"), atMs: column("atMs") },
    items.length,
  );
}

/** 1,000 orders: `both` hold the mill and the beans, and 20 each hold one of them. */
function propose(both: number, views: { both: number } | null) {
  const orders = Array.from({ length: 1_000 }, (_, n) => {
    if (n % 100 === 0 && n < 100 * both) return [0, 1];
    return n % 50 === 1 ? [0] : n % 50 === 2 ? [1] : [2 + (n % 12)];
  });
  const { proposals, refused } = proposeBundles({
    baskets: toBaskets(items, orders),
    neighbours: noNeighbours(items.length),
    forecasts: [],
    settings: ShopSettings.parse({ minSupportOrders: 8 }),
    cutoffMs: END_MS,
    ...(views ? { coViews: coViews(views.both) } : {}),
  });
  return {
    evidence: proposals.find(({ componentKey }) => componentKey === "BEANS*1|MILL*1")?.evidence,
    reason: refused.find(({ components }) => components.join() === "0,1")?.reason,
  };
}

describe("pair below the minimum number of orders", () => {
  it.each([
    ["without any browsing", null],
    ["whatever visitors look at", { both: 60 }],
  ])("is not proposed from a single order, %s", (_, views) => {
    expect(propose(1, views).evidence).toBeUndefined();
  });

  it("is worth a try when it is far above chance, and says so", () => {
    const { evidence, reason } = propose(6, { both: 60 });
    expect(reason).toBeUndefined();
    expect(evidence?.find(({ code }) => code === "toTry")).toMatchObject({ kind: "caution", value: 6 });
  });

  it("is an ordinary bundle once it has enough orders", () => {
    const codes = propose(9, { both: 60 }).evidence?.map(({ code }) => code);
    expect(codes).toContain("fullPriceUntold");
    expect(codes).not.toContain("toTry");
  });
});
