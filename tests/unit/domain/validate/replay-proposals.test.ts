import { describe, expect, it } from "vitest";
import { seededRandom } from "#app/domain/numbers/random.ts";
import type { OfferTerms } from "#app/domain/offer/offer.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { explainReplay } from "#app/domain/validate/explain-replay.ts";
import { keepMostValuable, replayProposals } from "#app/domain/validate/replay-proposals.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { splitForReplay } from "#app/domain/validate/split-for-replay.ts";
import {
  END_MS,
  noNeighbours,
  plantPair,
  proposeProved,
  toBaskets,
  toItem,
} from "../propose/planted-shop.ts";
import { inEnglish } from "#tests/factories/write-english.ts";

const items = [toItem("Razor"), toItem("Foam"), ...Array.from({ length: 12 }, (_, n) => toItem(`Thing${n}`))];
const settings = ShopSettings.parse({});
const { earlier, later, replayFromMs } = splitForReplay(plantPair(items, 3_000), END_MS);
const { proposals } = proposeProved({
  baskets: earlier,
  neighbours: noNeighbours(items.length),
  forecasts: [],
  settings,
  cutoffMs: replayFromMs,
});

describe("splitForReplay", () => {
  it("gives two empty parts for no orders", () => {
    const split = splitForReplay(toBaskets(items, []), END_MS);
    expect(split.earlier.placedAtMs.length + split.later.placedAtMs.length).toBe(0);
  });

  it("keeps orders to learn from when there is one order, or all have the same time", () => {
    const one = toBaskets(items, [[0, 1]]);
    expect(splitForReplay(one, END_MS).earlier.placedAtMs).toHaveLength(1);
    const many = toBaskets(items, [[0], [1], [2]], 0);
    expect(splitForReplay(many, END_MS + 1).earlier.placedAtMs).toHaveLength(3);
  });

  it("splits every order before the cutoff once, with the newest 28 to 56 days for the replay", () => {
    expect(earlier.placedAtMs.length + later.placedAtMs.length).toBe(3_000);
    expect(earlier.placedAtMs.at(-1)).toBeLessThan(later.placedAtMs[0]!);
    const days = (END_MS - replayFromMs) / DAY_MS;
    expect(days).toBeGreaterThanOrEqual(28);
    expect(days).toBeLessThanOrEqual(56);
  });

  it("keeps a given start when older orders are added", () => {
    const newest = Array.from({ length: 1_000 }, (_, n) => [n % 2]);
    const startMs = splitForReplay(toBaskets(items, newest, 200), END_MS).replayFromMs;
    const all = toBaskets(items, [...newest, ...newest], 400);
    expect(splitForReplay(all, END_MS).replayFromMs).toBeLessThan(startMs);
    const split = splitForReplay(all, END_MS, startMs);
    expect(split.replayFromMs).toBe(startMs);
    expect(split.earlier.placedAtMs.at(-1)).toBeLessThan(startMs);
    expect(split.later.placedAtMs[0]).toBeGreaterThanOrEqual(startMs);
    expect(split.earlier.placedAtMs.length + split.later.placedAtMs.length).toBe(2_000);
  });
});

describe("replayProposals", () => {
  const replay = (laterBaskets: typeof later, seed = 1) =>
    replayProposals({ proposals, laterBaskets, random: seededRandom(seed) });

  it("confirms nothing without later orders and leaves proposals to be tried", () => {
    const { accepted } = replay(toBaskets(items, []));
    expect(accepted.length).toBeGreaterThan(0);
    for (const { proposal, replay: result } of accepted) {
      expect(result.isSupported).toBe(false);
      const verdict = explainReplay(result, proposal);
      expect(inEnglish(verdict)).toMatch(/too few to be sure/);
    }
  });

  it("confirms nothing that used the replayed orders, and accepts at most the given number", () => {
    const tried = proposals.map((proposal) => ({ ...proposal, isToTry: true }));
    const input = { proposals: tried, laterBaskets: later, random: seededRandom(1) };
    const { accepted } = replayProposals({ ...input, most: 1 });
    expect(accepted.map(({ replay: result }) => result.isSupported)).toEqual([false]);
  });

  it("refuses a pair that later orders combine only by chance", () => {
    const random = seededRandom(2);
    const orders = Array.from({ length: 400 }, () => {
      const first = Math.floor(random() * 6);
      return [first, (first + 1 + Math.floor(random() * 5)) % 6];
    });
    expect(replay(toBaskets(items, orders)).accepted).toEqual([]);
  });

  it("counts the orders of one customer once", () => {
    const orders = Array.from({ length: 400 }, (_, n) =>
      n % 20 === 0 ? [0, 1] : [n % 10 === 1 ? 0 : n % 10 === 2 ? 1 : 3],
    );
    const guests = toBaskets(items, orders);
    const customer = guests.customer.map((_, basket) => (basket % 20 === 0 ? 0 : -1));
    const planted = proposals.filter(({ componentKey }) => componentKey === "FOAM*1|RAZOR*1");
    const widthOf = (laterBaskets: typeof later) => {
      const { accepted } = replayProposals({
        proposals: planted,
        laterBaskets,
        random: seededRandom(1),
      });
      return accepted[0]!.replay;
    };
    expect(widthOf(guests)).toMatchObject({ isSupported: true });
    expect(widthOf(guests).lift.low).toBeGreaterThan(1);
    expect(widthOf({ ...guests, customer })).toMatchObject({ isSupported: false });
  });

  it("accepts the planted pair, deterministically for a seed", () => {
    const { accepted } = replay(later);
    expect(accepted[0]?.proposal.componentKey).toBe("FOAM*1|RAZOR*1");
    expect(accepted[0]!.replay.lift.low).toBeGreaterThan(1);
    expect(replay(later)).toEqual(replay(later));
  });
});

describe("replayProposals in quantity", () => {
  const reward = { type: "percent", basisPoints: 1_000 } as const;
  const range: OfferTerms = { kind: "range", units: 2, allowsRepeats: false, reward };
  const breaks: OfferTerms = { kind: "breaks", scope: "pool", tiers: [{ units: 2, reward }] };
  const judge = (terms: OfferTerms, orders: Baskets, ordersAnyway = 1) => {
    const [like] = proposals;
    const components = [0, 1, 2, 3].map((item) => ({ ...like!.components[0]!, item }));
    const expected = {
      ...like!.expected,
      ordersAnyway: { ...like!.expected.ordersAnyway, value: ordersAnyway },
    };
    const proposal = { ...like!, terms, components, expected };
    const replayed = replayProposals({
      proposals: [proposal],
      laterBaskets: orders,
      random: seededRandom(1),
    });
    const [accepted] = replayed.accepted;
    return inEnglish(accepted ? explainReplay(accepted.replay, proposal) : replayed.refused[0]!.reason);
  };

  it("refuses a range that orders reach only by chance", () => {
    const random = seededRandom(3);
    const draw = () => Math.floor(random() * items.length);
    const orders = Array.from({ length: 100 }, () => [...new Set([draw(), draw(), draw()])]);
    expect(judge(range, toBaskets(items, orders))).toMatch(/^Did not hold up: \d+ of 100 .* held 2 or more/);
  });

  it("accepts a range that shoppers choose from, and gives a lower bound of its lift", () => {
    const orders = Array.from({ length: 600 }, (_, n) => (n % 10 === 0 ? [n % 3, 3] : [4 + (n % 10)]));
    const held =
      /^Held up: 60 of 600 .* held 2 or more of them, (\d+) would by chance, at least (.*) times/.exec(
        judge(range, toBaskets(items, orders)),
      )!;
    const [byChance, times] = held.slice(1).map(Number) as [number, number];
    expect(times).toBeGreaterThan(1);
    expect(times).toBeLessThan(60 / byChance);
  });

  it("refuses quantity breaks that far fewer orders reach than before, even with one oversized order", () => {
    const orders = Array.from({ length: 300 }, (_, n) => [n % 3 === 0 ? 0 : 5, 6]);
    const baskets = toBaskets(items, [orders[1]!, items.map((_, item) => item), ...orders.slice(1)], 28);
    for (const basket of [1, 4, 7, 10])
      baskets.units.fill(2, baskets.offsets[basket], baskets.offsets[basket + 1]);
    expect(judge(breaks, baskets, 40)).toMatch(
      /^Did not hold up: 3 of 300 .* 2 or more, against 40 expected/,
    );
    expect(judge(breaks, baskets, 4)).toMatch(/^Held up: 3 of 300 .* took 2 or more; as often .* would be 4/);
  });
});

describe("keepMostValuable", () => {
  it("keeps the most valuable proposals over all kinds", () => {
    const replay = replayProposals({ proposals, laterBaskets: later, random: seededRandom(1) }).accepted[0]!;
    const promising = (componentKey: string, value: number) => {
      const { proposal } = replay;
      const extraMarginMinor = { value, low: 0, high: 2 * value };
      const expected = { ...proposal.expected, extraMarginMinor };
      return { ...replay, proposal: { ...proposal, componentKey, expected } };
    };
    const sets = [promising("set 1", 8_000), promising("set 2", 300)];
    const ranges = [promising("range 1", 900), promising("range 2", 100), promising("range 3", 90)];
    const kept = (most: number) =>
      keepMostValuable([...ranges, ...sets], most).map(({ proposal }) => proposal.componentKey);
    expect(kept(3)).toEqual(["set 1", "range 1", "set 2"]);
    expect(kept(9)).toHaveLength(5);
    expect(kept(0)).toEqual([]);
  });
});
