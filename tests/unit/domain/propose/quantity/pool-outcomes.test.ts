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
/** Many take one, a few take two or three, and some of those take two of one design. */
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

describe("toPoolOutcomes", () => {
  it("is empty for a purchase that no order holds, and for a set", () => {
    expect(
      outcomesOf(seen(range(percent(1_000), 12)), seen({ kind: "set", reward: percent(1_000) })),
    ).toEqual([]);
  });

  it.each([
    ["range", range(percent(1_000))],
    ["quantity breaks", breaks(percent(500), percent(1_000))],
    ["gift by spending", spending(2_000)],
  ])("grows with the discount of a %s for each kind that responds to money", (_, terms) => {
    const [none, small, large] = [0, 0.05, 0.3].map((ratio) => addedBy(terms, ratio));
    none!.forEach((added, kind) => {
      expect(added).toBeGreaterThanOrEqual(0);
      expect(small![kind]).toBeGreaterThanOrEqual(added);
      expect(large![kind]).toBeGreaterThan(small![kind]!);
    });
    // Shoppers who respond only to money ignore an offer at full price.
    expect(none![0]).toBe(0);
  });

  it("treats a percentage, an amount and a price with the same saving alike", () => {
    const [share, ...others] = [
      breaks(percent(500), percent(2_000)),
      breaks({ type: "amount", amountMinor: 100 }, { type: "amount", amountMinor: 600 }),
      breaks({ type: "price", priceMinor: 1_900 }, { type: "price", priceMinor: 2_400 }),
    ].map((terms) => addedBy(terms, 0.2));
    for (const other of others) other.forEach((added, kind) => expect(added).toBeCloseTo(share![kind]!, 9));
  });

  it("counts only different products if repeats are not allowed, and only single products by their own units", () => {
    const distinct = { ...range(percent(1_000)), allowsRepeats: false } as OfferTerms;
    expect(addedBy(distinct, 0.2)).not.toEqual(addedBy(range(percent(1_000)), 0.2));
    const [pool, product] = (["pool", "product"] as const).map((scope) =>
      addedBy({ ...breaks(percent(1_000)), scope } as OfferTerms, 0.2),
    );
    expect(product).not.toEqual(pool);
  });
});

describe("learnShoppers from pools", () => {
  const VISITORS = 50_000;
  /** As many visitors with the offer as without; it adds `times` the prior of those who respond to money. */
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

  it("learns little response from none, and more from twice as much", () => {
    expect(meanKindOf(learned(0)).noticedRatio).toBeLessThan(0.3 * MEAN_KIND.noticedRatio);
    const [once, twice] = [1, 2].map((times) => meanKindOf(learned(times)).noticedRatio);
    expect(twice).toBeGreaterThan(1.3 * once!);
  });

  it("changes the expected effect of later ranges and quantity breaks", () => {
    const demand = learnUnitDemand({ ordersOf: [0, 500, 100, 40] }, PRICE_RESPONSE);
    const schedule = { kind: "breaks", steps: [{ units: 2, discountRatio: 0.2 }] } as const;
    const won = (mix?: ReturnType<typeof learned>) =>
      effectOfSchedule(demand, schedule, { priceMinor: 1_000, marginMinor: 600, mix }).ordersWithOffer.value;
    expect(won(learned(0))).toBeLessThan(won());
    expect(won(learned(2))).toBeGreaterThan(won());
  });
});
