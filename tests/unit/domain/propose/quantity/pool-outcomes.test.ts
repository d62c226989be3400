import { describe, expect, it } from "vitest";
import type { OfferTerms, Reward } from "#app/domain/offer/offer.ts";
import { learnShoppers } from "#app/domain/propose/profit/learned-response.ts";
import { learnShopResponse } from "#app/domain/propose/profit/shop-response.ts";
import { meanKindOf, MEAN_KIND } from "#app/domain/propose/profit/shopper-kinds.ts";
import { toPoolOutcomes, type ShownOffer } from "#app/domain/propose/quantity/pool-outcomes.ts";
import { effectOfSchedule, learnUnitDemand } from "#app/domain/propose/quantity/unit-demand.ts";
import { PRICE_RESPONSE } from "#app/domain/trends/prices/price-elasticity.ts";
import { END_MS, toBaskets, toItem } from "../planted-shop.ts";

const items = ["Lunch bag red", "Lunch bag blue", "Lunch bag green", "Teapot"].map((title) => toItem(title));
/** Many take one, a few two or three of them, and some of those of one design. */
const orders = Array.from({ length: 1_000 }, (_, at) => {
  if (at % 25 === 0) return [0, 1, 2];
  if (at % 10 === 0) return [0, 1];
  return [at % 4];
});
const baskets = toBaskets(items, orders);
orders.forEach((_, at) => {
  if (at % 30 === 1) baskets.units[baskets.offsets[at]!] = 2;
});
const response = learnShopResponse(baskets, 0, END_MS);
const percent = (basisPoints: number): Reward => ({ type: "percent", basisPoints });
const range = (reward: Reward, units = 2): OfferTerms => ({
  kind: "range",
  units,
  allowsRepeats: true,
  reward,
});
const breaks = (...rewards: Reward[]): OfferTerms => ({
  kind: "breaks",
  scope: "pool",
  tiers: rewards.map((reward, at) => ({ units: at + 2, reward })),
});
const spending = (spendMinor: number): OfferTerms => ({
  kind: "gift",
  spendMinor,
  giftBasisPoints: 10_000,
});
const outcomesOf = (...offers: ShownOffer[]) =>
  toPoolOutcomes({ baskets, fromMs: 0, toMs: END_MS, response }, offers);
const seen = (terms: OfferTerms, trials: ShownOffer["trials"] = []): ShownOffer => ({
  items: [0, 1, 2],
  terms,
  trials,
  ordersAnyway: 9,
});
const addedBy = (terms: OfferTerms, discountRatio: number) =>
  outcomesOf(seen(terms))[0]!.addedAt(discountRatio);

describe("what an offer of a pool should have brought", () => {
  it("is nothing of a purchase that no order holds, nor of an offer of parts", () => {
    expect(
      outcomesOf(seen(range(percent(1_000), 12)), seen({ kind: "set", reward: percent(1_000) })),
    ).toEqual([]);
  });

  it.each([
    ["range", range(percent(1_000))],
    ["quantity breaks", breaks(percent(500), percent(1_000))],
    ["gift by spending", spending(2_000)],
  ])("grows by the discount of a %s with each kind who answers to money", (_, terms) => {
    const [none, small, large] = [0, 0.05, 0.3].map((ratio) => addedBy(terms, ratio));
    none!.forEach((added, kind) => {
      expect(added).toBeGreaterThanOrEqual(0);
      expect(small![kind]).toBeGreaterThanOrEqual(added);
      expect(large![kind]).toBeGreaterThan(small![kind]!);
    });
    // Who answers to money alone does nothing for being shown it.
    expect(none![0]).toBe(0);
  });

  it("is the same of a share, an amount and a price that take off as much", () => {
    const [share, ...others] = [
      breaks(percent(500), percent(2_000)),
      breaks({ type: "amount", amountMinor: 100 }, { type: "amount", amountMinor: 600 }),
      breaks({ type: "price", priceMinor: 1_900 }, { type: "price", priceMinor: 2_400 }),
    ].map((terms) => addedBy(terms, 0.2));
    for (const other of others) other.forEach((added, kind) => expect(added).toBeCloseTo(share![kind]!, 9));
  });

  it("counts of different ones only those, and of one product by itself only its units", () => {
    const distinct = { ...range(percent(1_000)), allowsRepeats: false } as OfferTerms;
    expect(addedBy(distinct, 0.2)).not.toEqual(addedBy(range(percent(1_000)), 0.2));
    const [pool, product] = (["pool", "product"] as const).map((scope) =>
      addedBy({ ...breaks(percent(1_000)), scope } as OfferTerms, 0.2),
    );
    expect(product).not.toEqual(pool);
  });
});

describe("what a shop learns of its shoppers from pools alone", () => {
  const VISITORS = 50_000;
  /** Seen by as many with it as without, where it adds so many times the prior of those who answer to money. */
  const learned = (times: number) => {
    const trialsOf = ({ addedAt }: { addedAt: (ratio: number) => readonly number[] }) =>
      [null, 0.05, 0.3].map((discountRatio) => {
        const added = discountRatio === null ? 0 : times * addedAt(discountRatio)[0]!;
        return { discountRatio, visitors: VISITORS, sets: VISITORS * 0.02 * (1 + added) };
      });
    const offers = [range(percent(1_000)), breaks(percent(500), percent(1_000)), spending(2_000)].map(
      (terms) => seen(terms),
    );
    const expected = outcomesOf(...offers);
    return learnShoppers(
      outcomesOf(...offers.map((offer, at) => ({ ...offer, trials: trialsOf(expected[at]!) }))),
    )!;
  };

  it("is nothing where they answer to nothing, and more where they answer twice as much", () => {
    expect(meanKindOf(learned(0)).noticedRatio).toBeLessThan(0.3 * MEAN_KIND.noticedRatio);
    const [once, twice] = [1, 2].map((times) => meanKindOf(learned(times)).noticedRatio);
    expect(twice).toBeGreaterThan(1.3 * once!);
  });

  it("moves what the next ranges and tiers are expected to bring", () => {
    const demand = learnUnitDemand({ ordersOf: [0, 500, 100, 40] }, PRICE_RESPONSE);
    const schedule = { kind: "breaks", steps: [{ units: 2, discountRatio: 0.2 }] } as const;
    const won = (mix?: ReturnType<typeof learned>) =>
      effectOfSchedule(demand, schedule, { priceMinor: 1_000, marginMinor: 600, mix }).ordersWithOffer.value;
    expect(won(learned(0))).toBeLessThan(won());
    expect(won(learned(2))).toBeGreaterThan(won());
  });
});
