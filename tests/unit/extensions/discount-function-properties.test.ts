import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { readFunctionWasm } from "#extensions/build.ts";
import type {
  DiscountCandidate,
  DiscountResult,
} from "#tests/standin/function-host/run-discount-function.ts";
import { runFunction } from "#tests/standin/function-host/run-function.ts";
import { inputOf, lineOf, offerOf, runOn, type Line } from "./function-inputs.ts";
import {
  bestSaving,
  greedySaving,
  listReferenceOffers,
  toHundredths,
  type ReferenceInput,
} from "./reference-discount.ts";

/** More by an environment variable, as for a release. */
const CARTS = Number(process.env["BUNDLESMITH_RANDOM_CARTS"] ?? 5_000);

let wasm: Uint8Array;
beforeAll(async () => {
  wasm = await readFunctionWasm();
});

const run = (input: unknown) => runOn(wasm, input);

const savingOf = (candidates: DiscountCandidate[]) =>
  candidates.reduce((sum, { value }) => sum + toHundredths(value.fixedAmount!.amount), 0n);

/** Few variants, so that offers meet, share and repeat them. */
const variant = fc.integer({ min: 1, max: 7 });
/** Of a product's variants one or any may count: the seven belong to four products. */
const productOf = (key: number) => Math.ceil(key / 2);
const component = fc
  .record({ key: variant, q: fc.integer({ min: 1, max: 3 }), isOpen: fc.boolean() })
  .map(({ key, q, isOpen }) => ({ v: String(key), q, ...(isOpen && { p: String(productOf(key)) }) }));
const offer = fc.record({
  t: fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }),
  bp: fc.integer({ min: 1, max: 9000 }),
  c: fc.array(component, { minLength: 2, maxLength: 4 }),
});
/** Some have a last day: over, today, to come. */
const datedOffer = fc
  .tuple(offer, fc.constantFrom(...Array<null>(9).fill(null), 2026_11_23, 2026_11_24, 2026_12_01))
  .map(([one, u]) => ({ ...one, ...(u !== null && { u }) }));
/** Some are for some countries only. */
const limitedOffer = fc
  .tuple(
    datedOffer,
    fc.constantFrom(...Array<null>(9).fill(null), "AT", "AT DE", "DE AT", "CH DE", "TA", "A", ""),
  )
  .map(([one, m]) => ({ ...one, ...(m !== null && { m }) }));
const metafield = fc
  .record({ v: fc.constant(1), o: fc.array(limitedOffer, { maxLength: 3 }), isForPlans: fc.boolean() })
  .map(({ isForPlans, ...rest }) => ({ ...rest, ...(isForPlans && { s: 1 }) }));
const amount = fc
  .tuple(fc.integer({ min: 0, max: 99_999 }), fc.constantFrom(1, 2))
  .map(([hundredths, digits]) => (hundredths / 100).toFixed(digits));

/** A line whose offers start at its own variant, as publishing writes them. */
function lineArbitrary(offers: fc.Arbitrary<unknown>): fc.Arbitrary<Line> {
  return fc
    .record({
      key: variant,
      quantity: fc.integer({ min: 1, max: 5 }),
      amount,
      offers,
      isAnchored: fc.boolean(),
      isSubscription: fc.integer({ min: 0, max: 4 }).map((drawn) => drawn === 0),
    })
    .map(({ key, quantity, amount: price, offers: value, isAnchored, isSubscription }) => ({
      ...lineOf(0, key, quantity, price, isAnchored ? anchored(value, key) : value, productOf(key)),
      sellingPlanAllocation: isSubscription ? { sellingPlan: { id: "gid://shopify/SellingPlan/1" } } : null,
    }));
}

function anchored(value: unknown, key: number): unknown {
  const { v, o } = value as { v: unknown; o: { c: { v: string; q: number; p?: string }[] }[] };
  return {
    v,
    o: o.map((one) => ({
      ...one,
      c: one.c.map((part, i) =>
        i === 0 ? { ...part, v: String(key), ...(part.p && { p: String(productOf(key)) }) } : part,
      ),
    })),
  };
}

const cartArbitrary = (line: fc.Arbitrary<Line>, maxLength: number) =>
  fc.tuple(fc.array(line, { maxLength }), fc.constantFrom("EUR", "JPY")).map(([lines, currency]) =>
    inputOf(
      lines.map((one, at) => ({ ...one, id: `gid://shopify/CartLine/${at}` })),
      null,
      currency,
    ),
  );

/** Everything that must hold of any answer, whichever offers were chosen. */
function expectSound(input: ReferenceInput, candidates: DiscountCandidate[]): void {
  const offers = listReferenceOffers(input);
  const taken = new Set<string>();
  for (const { message, targets, value } of candidates) {
    const units = new Map<string, number>();
    for (const { cartLine } of targets) {
      const line = input.cart.lines.find(({ id }) => id === cartLine.id)!;
      expect(taken).not.toContain(line.id);
      taken.add(line.id);
      expect(cartLine.quantity).toBeGreaterThan(0);
      expect(cartLine.quantity).toBeLessThanOrEqual(line.quantity);
      const id = line.merchandise.id.split("/").at(-1)!;
      units.set(id, (units.get(id) ?? 0) + cartLine.quantity!);
    }
    const saving = toHundredths(value.fixedAmount!.amount);
    const isOffered = offers.some(
      (one) =>
        message === `Bundle offer: ${one.title}` &&
        one.hundredths === saving &&
        one.units.size === units.size &&
        [...one.units].every(([id, count]) => units.get(id) === count),
    );
    expect(isOffered).toBe(true);
  }
}

describe("on any cart", () => {
  it("saves exactly what the best choice of offers saves, tried one by one", () => {
    let discounted = 0;
    fc.assert(
      fc.property(cartArbitrary(lineArbitrary(metafield), 7), (input) => {
        const candidates = run(input);
        expectSound(input, candidates);
        expect(savingOf(candidates)).toBe(bestSaving(listReferenceOffers(input)));
        if (candidates.length > 0) discounted += 1;
      }),
      { numRuns: CARTS },
    );
    expect(discounted).toBeGreaterThan(CARTS * 0.15);
  });

  it("takes malformed metafields for what they are: no offer, and never a trap", () => {
    const broken = fc.oneof(
      fc.jsonValue(),
      metafield.map((value) => ({ ...value, v: "1" })),
      fc.record({ v: fc.constant(1), o: fc.jsonValue() }),
      fc.record({ v: fc.constant(1), o: fc.array(fc.jsonValue(), { maxLength: 3 }) }),
      fc
        .tuple(metafield, fc.constantFrom("t", "bp", "c", "u"), fc.jsonValue())
        .map(([{ v, o }, field, value]) => ({
          v,
          o: o.map((one) => ({ ...one, [field]: value })),
        })),
      fc.tuple(metafield, fc.constantFrom("v", "q", "p"), fc.jsonValue()).map(([{ v, o }, field, value]) => ({
        v,
        o: o.map((one) => ({ ...one, c: one.c.map((part) => ({ ...part, [field]: value })) })),
      })),
    );
    const line = fc.record({ key: variant, offers: broken }).map(({ key, offers }) => {
      return lineOf(0, key, 2, "9.99", offers);
    });
    fc.assert(
      fc.property(cartArbitrary(line, 6), (input) => {
        const candidates = run(input);
        expectSound(input, candidates);
        expect(savingOf(candidates)).toBe(bestSaving(listReferenceOffers(input)));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    {},
    null,
    { cart: null },
    { cart: { lines: {} }, discount: { discountClasses: ["PRODUCT"] } },
    { cart: { lines: [null, 1, "x", { quantity: "1" }] }, discount: { discountClasses: ["PRODUCT"] } },
  ])("answers an input of another shape (%j) with no operation", (input) => {
    expect(runFunction(wasm, input).output).toEqual({ operations: [] });
  });

  it("never saves less than taking the largest saving first, however big the cart", () => {
    const wide = fc.integer({ min: 1, max: 60 });
    const wideOffer = fc.record({
      t: fc.constant("Set"),
      bp: fc.integer({ min: 500, max: 2000 }),
      c: fc.array(fc.record({ v: wide.map(String), q: fc.constant(1) }), { minLength: 2, maxLength: 3 }),
    });
    const big = fc
      .array(fc.tuple(amount, fc.array(wideOffer, { maxLength: 6 })), { minLength: 60, maxLength: 60 })
      .map((lines) =>
        inputOf(lines.map(([price, o], at) => lineOf(at, at + 1, 1, price, anchored({ v: 1, o }, at + 1)))),
      );
    fc.assert(
      fc.property(big, (input) => {
        const candidates = run(input);
        expectSound(input, candidates);
        expect(savingOf(candidates)).toBeGreaterThanOrEqual(greedySaving(listReferenceOffers(input)));
      }),
      { numRuns: 60 },
    );
  });

  it("keeps its answer under Shopify's limit by leaving out the smallest savings", () => {
    const lines = Array.from({ length: 200 }, (_, at) => {
      const o = at % 2 === 0 ? [{ ...offerOf(1000, [at + 1, 1], [at + 2, 1]), t: '"'.repeat(120) }] : [];
      return lineOf(at, at + 1, 1, `${at + 1}.00`, { v: 1, o });
    });
    const { output, outputBytes } = runFunction(wasm, inputOf(lines));
    expect(outputBytes).toBeLessThanOrEqual(20_000);
    const candidates = (output as unknown as DiscountResult).operations[0]!.productDiscountsAdd.candidates;
    expect(candidates.length).toBeGreaterThan(30);
    expect(candidates[0]?.value.fixedAmount?.amount).toBe("39.90");
  });
});
