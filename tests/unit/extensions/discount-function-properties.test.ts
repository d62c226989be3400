import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { OFFER_KINDS, type OfferKind } from "#app/domain/offer/offer.ts";
import { writeRules, type OfferRule, type RuleBody, type RuleReward } from "#app/domain/offer/offer-rule.ts";
import { readFunctionWasm } from "#tests/standin/storefront/read-function.ts";
import type {
  DiscountCandidate,
  DiscountResult,
} from "#tests/standin/function-host/run-discount-function.ts";
import { runFunction } from "#tests/standin/function-host/run-function.ts";
import { inputOf, lineOf, offerOf, rulesOf, runOn, setOf, type Line } from "./function-inputs.ts";
import {
  bestSaving,
  greedySaving,
  listReferenceOffers,
  toHundredths,
  type ReferenceInput,
} from "./reference-discount.ts";

/** Random carts per offer kind and for all kinds mixed. A release runs more, set by the environment variable. */
const CARTS = Number(process.env["BUNDLESMITH_RANDOM_CARTS"] ?? 1_000);

let wasm: Uint8Array;
beforeAll(async () => {
  wasm = await readFunctionWasm();
});

const run = (input: unknown) => runOn(wasm, input);

const savingOf = (candidates: DiscountCandidate[]) =>
  candidates.reduce((sum, { value }) => sum + toHundredths(value.fixedAmount!.amount), 0);

const number = (min: number, max: number) => fc.integer({ min, max });
/** Few variants, so offers share and repeat them. The seven variants belong to four products. */
const variant = number(1, 7);
const productOf = (key: number) => Math.ceil(key / 2);
const part = fc
  .record({ key: variant, quantity: number(1, 3), isOpen: fc.boolean() })
  .map(({ key, quantity, isOpen }) => ({
    variant: String(key),
    quantity,
    product: isOpen ? String(productOf(key)) : null,
  }));
const parts = (minLength: number) => fc.array(part, { minLength, maxLength: 4 });
const hundredths = fc.oneof(number(1, 3_000), number(1, 1_999_999_999));
const reward: fc.Arbitrary<RuleReward> = fc.oneof(
  fc.record({ type: fc.constant("percent" as const), basisPoints: number(1, 9_000) }),
  fc.record({ type: fc.constantFrom("amount" as const, "price" as const), hundredths }),
);
const rewardOrNone = fc.oneof(
  { weight: 9, arbitrary: reward },
  { weight: 1, arbitrary: fc.constant({ type: "none" as const }) },
);
const tier = fc.record({ units: number(2, 9), reward });
const bodies: { readonly [K in OfferKind]: fc.Arbitrary<RuleBody> } = {
  set: fc.record({ kind: fc.constant("set" as const), reward: rewardOrNone, parts: parts(2) }),
  range: fc.record({
    kind: fc.constant("range" as const),
    reward: rewardOrNone,
    units: number(2, 5),
    allowsRepeats: fc.boolean(),
  }),
  breaks: fc.record({
    kind: fc.constant("breaks" as const),
    scope: fc.constantFrom("variant" as const, "product" as const, "pool" as const),
    tiers: fc.array(tier, { minLength: 1, maxLength: 3 }),
  }),
  gift: fc.record({
    kind: fc.constant("gift" as const),
    buy: fc.oneof(fc.record({ parts: parts(1) }), fc.record({ spendHundredths: hundredths })),
    gift: part,
    basisPoints: number(1, 10_000),
  }),
};
const often = <T>(usual: T, ...others: T[]) =>
  fc.constantFrom(...Array.from({ length: 3 * others.length }, () => usual), ...others);
/** Five ids, so pools span several products. Some offers have a last day, countries or a limit. */
const anyOfferOf = (body: fc.Arbitrary<RuleBody>): fc.Arbitrary<OfferRule> =>
  fc
    .tuple(
      fc.record({
        id: number(1, 5).map((at) => `0b5b0b9e-0000-4000-8000-00000000000${at}`),
        place: fc.constant(null),
        lastDay: often<number | null>(null, 2026_11_23, 2026_11_24, 2026_12_01),
        countries: often([], ["AT"], ["DE", "AT"], ["CH", "DE"]),
        times: often<number | null>(null, 1, 2),
        title: fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }),
        titles: fc.constant({}),
      }),
      body,
    )
    .map(([head, said]) => ({ ...head, ...said }));
const amount = fc
  .tuple(fc.oneof(number(0, 30), number(0, 99_999)), fc.constantFrom(1, 2))
  .map(([price, digits]) => (price / 100).toFixed(digits));

/** A cart. All lines of a product carry the same text. In some carts all products carry the first text. */
function cartOf(text: fc.Arbitrary<string | null>, maxLength = 7): fc.Arbitrary<ReferenceInput> {
  const line = fc.record({
    key: variant,
    quantity: fc.oneof(number(1, 5), number(1, 40)),
    price: amount,
    isSubscription: number(0, 4).map((drawn) => drawn === 0),
  });
  return fc
    .tuple(
      fc.array(line, { maxLength }),
      fc.array(text, { minLength: 5, maxLength: 5 }),
      fc.constantFrom(["EUR", "1.0"], ["JPY", "163.27"], ["USD", "1.08213399"]),
      fc.constantFrom(false, false, true),
    )
    .map(([lines, texts, [currency, rate], isShared]) =>
      inputOf(
        lines.map(({ key, quantity, price, isSubscription }, at): Line => ({
          ...lineOf(at, key, quantity, price, texts[isShared ? 0 : productOf(key)]!, productOf(key)),
          sellingPlanAllocation: isSubscription
            ? { sellingPlan: { id: "gid://shopify/SellingPlan/1" } }
            : null,
        })),
        null,
        currency,
        rate,
      ),
    );
}

const textOf = (offer: fc.Arbitrary<OfferRule>) =>
  fc
    .record({
      countsSubscriptions: fc.boolean(),
      rejectsCodes: fc.boolean(),
      offers: fc.array(offer, { maxLength: 3 }),
    })
    .map(writeRules);

/** Checks the properties of every valid result, independent of the chosen offers. */
function expectSound(
  input: ReferenceInput,
  candidates: DiscountCandidate[],
  offers: ReturnType<typeof listReferenceOffers>,
): void {
  const taken = new Set<string>();
  for (const { message, targets, value } of candidates) {
    const units = new Map<string, number>();
    for (const { cartLine } of targets) {
      const line = input.cart.lines.find(({ id }) => id === cartLine.id)!;
      expect(taken).not.toContain(line.id);
      taken.add(line.id);
      const quantity = cartLine.quantity ?? line.quantity;
      expect(quantity).toBeGreaterThan(0);
      expect(quantity).toBeLessThanOrEqual(line.quantity);
      const id = line.merchandise.id.split("/").at(-1)!;
      units.set(id, (units.get(id) ?? 0) + quantity);
    }
    const saving = toHundredths(value.fixedAmount!.amount);
    const isOffered = offers.some(
      (one) =>
        message === `Bundle offer: ${one.title}` &&
        one.hundredths === saving &&
        one.discounted.size === units.size &&
        [...one.discounted].every(([id, count]) => units.get(id) === count),
    );
    expect(isOffered).toBe(true);
  }
}

function expectBest(input: ReferenceInput): boolean {
  const candidates = run(input);
  const offers = listReferenceOffers(input);
  expectSound(input, candidates, offers);
  expect(savingOf(candidates)).toBe(bestSaving(offers));
  return candidates.length > 0;
}

describe("on any cart", () => {
  it.each([...OFFER_KINDS, "mixed"] as const)(
    "saves as much as the best choice of offers, found by brute force: %s",
    (kind) => {
      const body = kind === "mixed" ? fc.oneof(...Object.values(bodies)) : bodies[kind];
      let discounted = 0;
      fc.assert(
        fc.property(cartOf(textOf(anyOfferOf(body))), (input) => {
          if (expectBest(input)) discounted += 1;
        }),
        { numRuns: CARTS },
      );
      expect(discounted).toBeGreaterThan(CARTS * 0.05);
    },
  );

  it("treats malformed rules as no offers of that product, and never traps", () => {
    const offer = anyOfferOf(fc.oneof(...Object.values(bodies)));
    const text = textOf(offer);
    const letter = fc.constantFrom(..."0159adspfcbgrxAZ|~^,:*@>$%-=+ é\u0000\n");
    const broken = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 60 }),
      fc.tuple(text, fc.nat(), letter).map(([said, at, other]) => {
        const place = at % (said.length + 1);
        return said.slice(0, place) + other + said.slice(place + 1);
      }),
      fc.tuple(text, fc.nat(), letter).map(([said, at, other]) => {
        const place = at % (said.length + 1);
        return said.slice(0, place) + other + said.slice(place);
      }),
      fc.tuple(text, fc.nat()).map(([said, at]) => said.slice(0, at % (said.length + 1))),
      fc.tuple(text, fc.nat(), fc.nat()).map(([said, from, length]) => {
        const place = from % (said.length + 1);
        return said.slice(0, place) + said.slice(place + (length % 12));
      }),
      fc.jsonValue().map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(
        cartOf(
          fc.oneof(
            // A cut surrogate pair leaves a lone surrogate, which UTF-8 cannot carry.
            broken.map((said) => Buffer.from(said).toString()),
            text,
          ),
          6,
        ),
        (input) => {
          expectBest(input);
        },
      ),
      { numRuns: 2 * CARTS },
    );
  });

  it.each([
    {},
    null,
    { cart: null },
    { cart: { lines: {} }, discount: { discountClasses: ["PRODUCT"] } },
    { cart: { lines: [null, 1, "x", { quantity: "1" }] }, discount: { discountClasses: ["PRODUCT"] } },
  ])("returns no operations for an input of another shape (%j)", (input) => {
    expect(runFunction(wasm, input).output).toEqual({ operations: [] });
  });

  it("saves at least as much as the greedy choice on large carts", () => {
    const wide = number(1, 60);
    const wideSet = fc
      .tuple(number(500, 2000), fc.array(wide, { minLength: 2, maxLength: 3 }))
      .map(([basisPoints, keys]) => setOf(basisPoints, ...keys.map((key): [number, number] => [key, 1])));
    const big = fc
      .array(fc.tuple(amount, fc.array(wideSet, { maxLength: 6 })), { minLength: 60, maxLength: 60 })
      .map((lines) =>
        inputOf(lines.map(([price, offers], at) => lineOf(at, at + 1, 1, price, rulesOf(...offers)))),
      );
    fc.assert(
      fc.property(big, (input) => {
        const candidates = run(input);
        const offers = listReferenceOffers(input);
        expectSound(input, candidates, offers);
        expect(savingOf(candidates)).toBeGreaterThanOrEqual(greedySaving(offers));
      }),
      { numRuns: 60 },
    );
  });

  it("keeps its output under Shopify's limit by omitting the smallest savings", () => {
    const lines = Array.from({ length: 200 }, (_, at) => {
      const offer = { ...setOf(1000, [at + 1, 1], [at + 2, 1]), title: '"'.repeat(120) };
      return lineOf(at, at + 1, 1, `${at + 1}.00`, rulesOf(...(at % 2 === 0 ? [offer] : [])));
    });
    const { output, outputBytes } = runFunction(wasm, inputOf(lines));
    expect(outputBytes).toBeLessThanOrEqual(20_000);
    const candidates = (output as unknown as DiscountResult).operations[0]!.productDiscountsAdd!.candidates;
    expect(candidates.length).toBeGreaterThan(30);
    expect(candidates[0]?.value.fixedAmount?.amount).toBe("39.90");
  });

  it("applies an offer across 198 lines, and omits only an offer that exceeds the output limit", () => {
    const tiers = [{ units: 2, reward: { type: "percent" as const, basisPoints: 1_000 } }];
    const breaks = (pool: number) => offerOf({ kind: "breaks", scope: "pool", tiers }, pool);
    const cart = (count: number) =>
      inputOf(
        Array.from({ length: count }, (_, at) => ({
          ...lineOf(at, at + 1, 1, "10.0", rulesOf(breaks(at < count - 2 ? 1 : 2))),
          id: `gid://shopify/CartLine/${String(at).padStart(36, "0")}`,
        })),
      );
    expect(run(cart(200)).map(({ targets }) => targets.length)).toEqual([198, 2]);
    expect(run(cart(300)).map(({ targets }) => targets.length)).toEqual([2]);
  });
});
