import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { readFunctionWasm } from "#extensions/build.ts";
import type {
  DiscountCandidate,
  DiscountResult,
} from "#tests/standin/function-host/run-discount-function.ts";
import { runFunction } from "#tests/standin/function-host/run-function.ts";
import {
  bestSaving,
  greedySaving,
  listReferenceOffers,
  toHundredths,
  type ReferenceInput,
} from "./reference-discount.ts";

let wasm: Uint8Array;
beforeAll(async () => {
  wasm = await readFunctionWasm();
});

const run = (input: unknown): DiscountCandidate[] =>
  (runFunction(wasm, input).output as unknown as DiscountResult).operations.flatMap(
    (operation) => operation.productDiscountsAdd.candidates,
  );

const savingOf = (candidates: DiscountCandidate[]) =>
  candidates.reduce((sum, { value }) => sum + toHundredths(value.fixedAmount!.amount), 0n);

type Line = ReferenceInput["cart"]["lines"][number];

function lineOf(at: number, variant: number, quantity: number, amount: string, offers: unknown = null): Line {
  return {
    id: `gid://shopify/CartLine/${at}`,
    quantity,
    cost: { amountPerQuantity: { amount } },
    sellingPlanAllocation: null,
    merchandise: {
      id: `gid://shopify/ProductVariant/${variant}`,
      product: { isGiftCard: false, metafield: offers === null ? null : { jsonValue: offers } },
    },
  };
}

const inputOf = (lines: Line[], attribute: string | null = null): ReferenceInput => ({
  cart: { attribute: attribute === null ? null : { value: attribute }, lines },
  discount: { discountClasses: ["PRODUCT"] },
});

const offerOf = (bp: number, ...components: [variant: number, quantity: number][]) => ({
  id: "0b5b0b9e-0000-4000-8000-000000000000",
  t: `Set of ${components.map(([variant]) => variant).join("+")}`,
  bp,
  c: components.map(([variant, q]) => ({ v: String(variant), q })),
});

const pair = { v: 1, o: [offerOf(1500, [11, 1], [22, 1])] };

describe("a cart without a discount", () => {
  const complete = () => [lineOf(1, 11, 1, "10.0", pair), lineOf(2, 22, 1, "5.0")];

  it("is one that lacks a component", () => {
    expect(run(inputOf([lineOf(1, 11, 2, "10.0", pair)]))).toEqual([]);
  });

  it("is one of a visitor in the holdout", () => {
    expect(run(inputOf(complete(), `h:${"ab".repeat(16)}`))).toEqual([]);
    expect(run(inputOf(complete(), `t:${"ab".repeat(16)}`))).toHaveLength(1);
  });

  it("is one whose discount may not touch products", () => {
    expect(run({ ...inputOf(complete()), discount: { discountClasses: ["ORDER", "SHIPPING"] } })).toEqual([]);
  });

  it("is one that has a component only as a subscription or as a gift card", () => {
    const [anchor, other] = complete();
    const subscription = {
      ...other!,
      sellingPlanAllocation: { sellingPlan: { id: "gid://shopify/SellingPlan/1" } },
    };
    const product = { ...other!.merchandise.product, isGiftCard: true };
    const giftCard = { ...other!, merchandise: { ...other!.merchandise, product } };
    expect(run(inputOf([anchor!, subscription]))).toEqual([]);
    expect(run(inputOf([anchor!, giftCard]))).toEqual([]);
  });

  it("is one whose saving is less than a hundredth", () => {
    const tiny = { v: 1, o: [offerOf(1, [11, 1], [22, 1])] };
    expect(run(inputOf([lineOf(1, 11, 1, "0.01", tiny), lineOf(2, 22, 1, "0.02")]))).toEqual([]);
  });

  it.each([
    ["of another version", { v: 2, o: pair.o }],
    ["that is a list", [pair]],
    ["that is text", "v1"],
    ["without offers", { v: 1 }],
    [
      "with a fraction of a unit",
      {
        v: 1,
        o: [
          {
            ...pair.o[0],
            c: [
              { v: "11", q: 1.5 },
              { v: "22", q: 1 },
            ],
          },
        ],
      },
    ],
    ["with more than the whole price off", { v: 1, o: [{ ...pair.o[0], bp: 10_001 }] }],
    ["with one component twice", { v: 1, o: [offerOf(1500, [11, 1], [11, 1])] }],
    ["without a title", { v: 1, o: [{ ...pair.o[0], t: "" }] }],
  ])("is one with a metafield %s", (_, metafield) => {
    expect(run(inputOf([lineOf(1, 11, 2, "10.0", metafield), lineOf(2, 22, 2, "5.0")]))).toEqual([]);
  });
});

describe("a complete bundle", () => {
  it("takes its share off the lines that hold it, in hundredths, rounded down", () => {
    const lines = [lineOf(1, 11, 1, "10.0", pair), lineOf(2, 22, 1, "3.33")];
    expect(run(inputOf(lines))).toEqual([
      {
        message: "Set of 11+22",
        targets: [
          { cartLine: { id: "gid://shopify/CartLine/1", quantity: 1 } },
          { cartLine: { id: "gid://shopify/CartLine/2", quantity: 1 } },
        ],
        value: { fixedAmount: { amount: "1.99" } },
      },
    ]);
  });

  it("counts as often as the cart holds it, rounded once for each set", () => {
    const lines = [lineOf(1, 11, 5, "10.0", pair), lineOf(2, 22, 3, "3.33")];
    expect(run(inputOf(lines))[0]?.value.fixedAmount?.amount).toBe("5.97");
  });

  it("draws on several lines of one variant at the lowest of their prices", () => {
    const two = { v: 1, o: [offerOf(1000, [11, 3], [22, 1])] };
    const lines = [lineOf(1, 11, 2, "10.0", two), lineOf(2, 11, 2, "8.0", two), lineOf(3, 22, 1, "6.0")];
    const [candidate] = run(inputOf(lines));
    expect(candidate?.targets.map(({ cartLine }) => cartLine.quantity)).toEqual([2, 1, 1]);
    expect(candidate?.value.fixedAmount?.amount).toBe("3.00");
  });

  it("gives way to a choice that saves the shopper more than the largest single bundle", () => {
    const lines = [
      lineOf(1, 1, 1, "10.0", { v: 1, o: [offerOf(900, [1, 1], [2, 1])] }),
      lineOf(2, 2, 1, "10.0", { v: 1, o: [offerOf(1000, [2, 1], [3, 1])] }),
      lineOf(3, 3, 1, "10.0", { v: 1, o: [offerOf(900, [3, 1], [4, 1])] }),
      lineOf(4, 4, 1, "10.0"),
    ];
    expect(run(inputOf(lines)).map(({ message }) => message)).toEqual(["Set of 1+2", "Set of 3+4"]);
  });

  it("keeps a title in any script", () => {
    const offers = { v: 1, o: [{ ...pair.o[0], t: "Tee 緑 “Größe” \\ 🍵" }] };
    const lines = [lineOf(1, 11, 1, "10.0", offers), lineOf(2, 22, 1, "5.0")];
    expect(run(inputOf(lines))[0]?.message).toBe("Tee 緑 “Größe” \\ 🍵");
  });
});

/** Few variants, so that offers meet, share and repeat them. */
const variant = fc.integer({ min: 1, max: 7 });
const component = fc.record({ v: variant.map(String), q: fc.integer({ min: 1, max: 3 }) });
const offer = fc.record({
  t: fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }),
  bp: fc.integer({ min: 1, max: 9000 }),
  c: fc.array(component, { minLength: 2, maxLength: 4 }),
});
const metafield = fc.record({ v: fc.constant(1), o: fc.array(offer, { maxLength: 3 }) });
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
    })
    .map(({ key, quantity, amount: price, offers: value, isAnchored }) => {
      return lineOf(0, key, quantity, price, isAnchored ? anchored(value, key) : value);
    });
}

function anchored(value: unknown, key: number): unknown {
  const { v, o } = value as { v: unknown; o: { c: { v: string; q: number }[] }[] };
  return {
    v,
    o: o.map((one) => ({
      ...one,
      c: one.c.map((part, i) => (i === 0 ? { ...part, v: String(key) } : part)),
    })),
  };
}

const cartArbitrary = (line: fc.Arbitrary<Line>, maxLength: number) =>
  fc
    .array(line, { maxLength })
    .map((lines) => inputOf(lines.map((one, at) => ({ ...one, id: `gid://shopify/CartLine/${at}` }))));

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
        one.title === message &&
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
      { numRuns: 5_000, seed: 20261124 },
    );
    expect(discounted).toBeGreaterThan(1_000);
  });

  it("takes malformed metafields for what they are: no offer, and never a trap", () => {
    const broken = fc.oneof(
      fc.jsonValue(),
      metafield.map((value) => ({ ...value, v: "1" })),
      fc.record({ v: fc.constant(1), o: fc.jsonValue() }),
      fc.record({ v: fc.constant(1), o: fc.array(fc.jsonValue(), { maxLength: 3 }) }),
      fc
        .tuple(metafield, fc.constantFrom("t", "bp", "c"), fc.jsonValue())
        .map(([{ v, o }, field, value]) => ({
          v,
          o: o.map((one) => ({ ...one, [field]: value })),
        })),
      fc.tuple(metafield, fc.constantFrom("v", "q"), fc.jsonValue()).map(([{ v, o }, field, value]) => ({
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
      { numRuns: 2_000, seed: 20261124 },
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
      { numRuns: 60, seed: 20261124 },
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
