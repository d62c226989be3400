import { describe, expect, it } from "vitest";
import { listCandidates, type PricedOffer } from "#app/domain/evaluate/autopilot/candidate-terms.ts";
import { checkTerms, type OfferTerms } from "#app/domain/offer/offer.ts";

const limits = {
  minDiscountRatio: 0.05,
  maxDiscountRatio: 0.2,
  marginFloorRatio: 0.1,
  assumedMarginRatio: 0.5,
  currency: "USD",
};

const product = (at: number, priceMinor: number, fields = {}) => ({
  variantGid: `gid://shopify/ProductVariant/${at}`,
  productGid: `gid://shopify/Product/${at}`,
  quantity: 1,
  priceMinor,
  costMinor: priceMinor / 2,
  isGift: false,
  ...fields,
});
const pool = [product(1, 499), product(2, 499), product(3, 599)];
const percent = (basisPoints: number) => ({ type: "percent", basisPoints }) as const;
const pairAt = (discountRatio: number): PricedOffer => ({
  terms: { kind: "set", reward: percent(Math.round(discountRatio * 10_000)) },
  discountRatio,
  components: [product(1, 2_000), product(2, 1_000)],
});
const breaks = (...tiers: [number, number][]): OfferTerms => ({
  kind: "breaks",
  scope: "product",
  tiers: tiers.map(([units, basisPoints]) => ({ units, reward: percent(basisPoints) })),
});
const ratiosOf = (offer: PricedOffer, changes = {}) =>
  (listCandidates(offer, { ...limits, ...changes }) ?? []).map(({ discountRatio }) => discountRatio);

describe("listCandidates", () => {
  it("returns nothing when every discount is beyond the merchant's limits", () => {
    expect(ratiosOf(pairAt(0.1), { marginFloorRatio: 0.5 })).toEqual([]);
  });

  it("returns null for a range whose pool is too small to choose from", () => {
    const terms = { kind: "range", units: 3, allowsRepeats: false, reward: percent(1_000) } as const;
    expect(listCandidates({ terms, discountRatio: 0.1, components: pool.slice(0, 2) }, limits)).toBeNull();
    expect(listCandidates({ terms, discountRatio: 0.1, components: pool }, limits)).not.toBeNull();
  });

  it("leaves out tiers that would not rise", () => {
    const offer = { terms: breaks([2, 1_600], [3, 1_800], [4, 2_000]), discountRatio: 0.2, components: pool };
    const candidates = listCandidates(offer, limits)!;

    // With 5 % on the highest tier, the second one would also round to 5 %.
    expect(candidates.map(({ discountRatio }) => discountRatio)).toEqual([0.2, 0.1, 0.15]);
    for (const { terms } of candidates) expect(checkTerms(terms, pool)).toEqual([]);
  });

  it("stays below amounts that no discount rule can hold", () => {
    const offer: PricedOffer = {
      terms: { kind: "set", reward: { type: "price", priceMinor: 19_800_000 } },
      discountRatio: 0.1,
      components: [product(1, 12_000_000), product(2, 10_000_000)],
    };
    const prices = (currency: string) =>
      listCandidates(offer, { ...limits, currency })!.map(({ terms }) =>
        terms.kind === "set" && terms.reward.type === "price" ? terms.reward.priceMinor : null,
      );

    expect(Math.max(...prices("EUR").map(Number))).toBeGreaterThan(20_000_000);
    expect(Math.max(...prices("JPY").map(Number))).toBe(19_800_000);
  });

  it("moves all tiers together", () => {
    const offer = { terms: breaks([2, 1_000], [3, 1_500]), discountRatio: 0.15, components: pool };

    expect(listCandidates(offer, limits)!.map(({ terms }) => terms)).toEqual([
      breaks([2, 1_000], [3, 1_500]),
      breaks([2, 300], [3, 500]),
      breaks([2, 700], [3, 1_000]),
      breaks([2, 1_300], [3, 2_000]),
    ]);
  });

  it("keeps the margin floor at every tier", () => {
    const tiers: OfferTerms = {
      kind: "breaks",
      scope: "product",
      tiers: [
        { units: 2, reward: { type: "amount", amountMinor: 400 } },
        { units: 3, reward: { type: "amount", amountMinor: 601 } },
      ],
    };
    const offer = { terms: tiers, discountRatio: 0.2003, components: [product(1, 1_000)] };
    expect(ratiosOf(offer, { marginFloorRatio: 0.4, maxDiscountRatio: 0.5 })).not.toContain(0.2003);
  });

  it("keeps the margin floor for every product that a shopper can choose, not only for the first ones", () => {
    const dear = product(2, 1_000, { costMinor: 750 });
    const terms = { kind: "range", units: 2, allowsRepeats: true, reward: percent(1_000) } as const;
    const ofPool = (components: PricedOffer["components"]) =>
      ratiosOf({ terms, discountRatio: 0.1, components });

    expect(ofPool([product(1, 1_000), product(3, 1_000)])).toContain(0.2);
    // Two of the dear one at 20 % off leave 100 of 1,600, 6 %.
    expect(ofPool([product(1, 1_000), product(3, 1_000), dear])).toEqual([0.1, 0.05, 0.15]);
  });

  it("keeps the ending of a fixed price and states the ratio on current prices", () => {
    const terms = {
      kind: "range",
      units: 3,
      allowsRepeats: true,
      reward: { type: "price", priceMinor: 1_399 },
    } as const;
    const components = [product(1, 500), product(2, 500), product(3, 500)];
    const candidates = listCandidates({ terms, discountRatio: 0.0673, components }, limits)!;

    expect(candidates.map(({ terms, discountRatio }) => [terms, discountRatio])).toEqual([
      [terms, 0.0673],
      [{ ...terms, reward: { type: "price", priceMinor: 1_299 } }, 201 / 1_500],
    ]);
  });

  it("tries amounts off up to the limits", () => {
    const terms = { kind: "set", reward: { type: "amount", amountMinor: 200 } } as const;
    const offer = { ...pairAt(0.1), terms, discountRatio: 0.0667 };

    expect(ratiosOf(offer)).toEqual([0.0667, 0.1, 500 / 3_000, 0.2]);
  });

  it("keeps a gift as the merchant approved it, whatever the limits are", () => {
    const terms = { kind: "gift", spendMinor: null, giftBasisPoints: 10_000 } as const;
    const components = [product(1, 1_000), product(2, 900, { isGift: true })];
    const offer = { terms, discountRatio: 0.47, components };

    expect(listCandidates(offer, limits)).toEqual([{ terms, discountRatio: 0.47 }]);
    expect(listCandidates({ ...offer, components: components.slice(0, 1) }, limits)).toBeNull();
  });

  it.each([
    ["the ends of narrow limits", { minDiscountRatio: 0.11, maxDiscountRatio: 0.14 }, 0.05, [0.11, 0.14]],
    [
      "whole percents within limits that are none",
      { minDiscountRatio: 0.105, maxDiscountRatio: 0.125 },
      0.3,
      [0.11, 0.12],
    ],
    [
      "29 %, which is no whole number of hundredths to a computer",
      { minDiscountRatio: 0.29, maxDiscountRatio: 0.29 },
      0.1,
      [0.29],
    ],
    ["the discount at hand", { minDiscountRatio: 0, maxDiscountRatio: 0.04 }, 0.03, [0.03, 0.04]],
    ["one that leaves just the margin asked for", { marginFloorRatio: 0.375 }, 0.2, [0.2, 0.05, 0.1, 0.15]],
    ["none that leaves less", { marginFloorRatio: 0.377 }, 0.2, [0.05, 0.1, 0.15]],
    ["full price where it stands at that, beside the discounts", {}, 0, [0, 0.05, 0.1, 0.15, 0.2]],
    ["full price alone where the margin allows no discount", { marginFloorRatio: 0.6 }, 0, [0]],
  ])("tries for a set %s", (_, changes, discountRatio, allowed) => {
    const offer = pairAt(discountRatio || 0.1);
    const shown = { ...offer, terms: { kind: "set", reward: { type: "none" } } as const, discountRatio };
    expect(ratiosOf(discountRatio === 0 ? shown : offer, changes)).toEqual(allowed);
  });
});
