import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { minorDigits, IN_SHOP_CURRENCY } from "#app/domain/money.ts";
import { OFFER_KINDS } from "#app/domain/offer/offer.ts";
import type { OfferRule, RuleReward } from "#app/domain/offer/offer-rule.ts";
import { priceOffer } from "#app/domain/offer/price-offer.ts";
import { launchChromium } from "#tests/setup/chromium.ts";
import {
  runDiscountFunction,
  type FunctionCart,
} from "#tests/standin/function-host/run-discount-function.ts";
import { driveWidget, type WidgetState } from "./drive-widget.ts";
import { storyOf, variantsOf, type Story } from "./price-stories.ts";
import {
  cartOf,
  discountsOf,
  drawBlock,
  drawCart,
  inputQuery,
  openWidgets,
  rateOf,
  textsOf,
  wasm,
} from "./story-shop.ts";

/** Random offers per kind, drawn by the block, chosen from in Chromium and priced by the Function. */
const STORIES = Number(process.env["BUNDLESMITH_PRICE_STORIES"] ?? 100);
/** Stories per call of Chromium. */
const BATCH = 50;
const browser = await launchChromium();
const page = await openWidgets(browser);
afterAll(() => browser.close());

/** The app's saving for the story's own offer, hundredths. */
function savingOf(story: Story, cart: FunctionCart): number {
  const members = new Set(
    [...textsOf(story)].filter(([, text]) => text.includes(story.rule.id)).map(([id]) => id),
  );
  const priced = cart.lines.map(({ variantGid, productGid, quantity, unitHundredths }) => {
    const product = productGid.split("/").at(-1)!;
    const variant = variantGid.split("/").at(-1)!;
    return { variant, product, units: quantity, unitHundredths, isInPool: members.has(product) };
  });
  const { currency, rateMillionths } = story;
  return priceOffer(story.rule, priced, { currency, rateMillionths })?.hundredths ?? 0;
}

/** Expects the widget's price to equal the app's price, and returns the app's saving. */
function expectSaving(story: Story, { lines, price }: WidgetState): number {
  const cart = cartOf(story, lines);
  const total = cart.lines.reduce((sum, line) => sum + line.quantity * line.unitHundredths, 0);
  const saving = savingOf(story, cart);
  expect(price, "the widget's price").toBe(total - saving);
  return saving;
}

/** Expects the Function to give the widget's saving, or more if a rival offer saves more. */
function expectGiven(story: Story, { lines }: WidgetState, saving: number): void {
  const cart = cartOf(story, lines);
  const applied = discountsOf(cart);
  const given = (discounts: typeof applied) => discounts.reduce((sum, { hundredths }) => sum + hundredths, 0);
  const own = applied.filter(({ message }) => message.endsWith(`: ${story.rule.title}`));
  if (story.rivals.length === 0 || own.length > 0) expect(given(own), "the cart's discount").toBe(saving);
  expect(given(applied), "never less than was promised").toBeGreaterThanOrEqual(saving);
}

/** The lines in the cart: up to four of any variants. */
function heldBy({ products, held }: Story): WidgetState["lines"] {
  const variants = products.flatMap(variantsOf);
  return held.map(({ nth, units, isPlan }) => ({ id: variants[nth % variants.length]!.id, units, isPlan }));
}

/**
 * The shop has what the button adds, beside what the cart holds. Breaks let a shopper choose more of another variant
 * than there is, because a smaller tier of it can be in stock.
 */
function expectInStock(
  { products, rule, rivals }: Story,
  { lines }: WidgetState,
  { id: drawn, held }: { readonly id: string; readonly held: WidgetState["lines"] },
): void {
  if ([rule, ...rivals].find(({ id }) => id === drawn)!.kind === "breaks") return;
  const stock = new Map(products.flatMap(variantsOf).map((one) => [one.id, one.stock]));
  for (const { id, units } of lines) {
    const before = held.reduce((sum, line) => sum + (line.id === id ? line.units : 0), 0);
    expect(before + units, "units in stock").toBeLessThanOrEqual(stock.get(id) ?? Infinity);
  }
}

/** The saving that a nudge or a page promises for its button, hundredths. */
function promiseOf(story: Story, { lines, price, base }: WidgetState): number {
  return (
    base -
    price +
    cartOf(story, lines).lines.reduce((sum, line) => sum + line.quantity * line.unitHundredths, 0)
  );
}

/** The discounts of a cart of the story, hundredths. */
function paidOff(story: Story, cart: WidgetState["lines"]): number {
  return discountsOf(cartOf(story, cart)).reduce((sum, { hundredths }) => sum + hundredths, 0);
}

/** Expects the added lines to save at least the promised amount, and returns their saving in hundredths. */
function expectPaid(story: Story, { lines }: WidgetState, saving: number): number {
  const after = new Map<string, number>();
  for (const { id, units, isPlan = false } of [...heldBy(story), ...lines]) {
    const key = `${id} ${isPlan}`;
    after.set(key, (after.get(key) ?? 0) + units);
  }
  const paidOffAfter = paidOff(
    story,
    [...after].map(([key, units]) => ({ id: key.split(" ")[0]!, units, isPlan: key.endsWith("true") })),
  );
  const gain = paidOffAfter - paidOff(story, heldBy(story));
  expect(gain, "never less than was promised").toBeGreaterThanOrEqual(saving);
  return gain;
}

/** Expects a nudge's heading to state its saving, and without rivals the next cart to save exactly that. */
function expectNudged(story: Story, { title }: WidgetState, saving: number, gain: number): void {
  const said = /([\d,.]+)\D*$/.exec(title);
  if (said)
    expect(Number(said[1]!.replaceAll(",", "")) * 100, "what its heading says").toBeCloseTo(saving, 3);
  if (story.rivals.length === 0) expect(gain, "what the next cart saves more").toBe(saving);
}

describe("one price", () => {
  it.each(OFFER_KINDS)(
    "is the same in widget, Function and app for any %s, choice and currency, next to rival offers",
    async (kind) => {
      const stories = fc.sample(storyOf(kind), STORIES);
      let [shown, saved] = [0, 0];
      for (let from = 0; from < stories.length; from += BATCH) {
        const batch = stories.slice(from, from + BATCH);
        const asked = await Promise.all(
          batch.map(async (story) => ({
            html: await drawBlock(story),
            id: story.rule.id,
            picks: story.picks,
            rate: rateOf(story),
          })),
        );
        const seen = await page.evaluate(driveWidget, asked);
        for (const [at, states] of seen.entries()) {
          if (states.length > 0) shown += 1;
          const story = batch[at]!;
          // The button can be pressed after any choice; the Function runs after the last one.
          for (const [nth, state] of states
            .filter(({ canAdd }) => canAdd)
            .toReversed()
            .entries()) {
            try {
              expectInStock(story, state, { id: story.rule.id, held: [] });
              const saving = expectSaving(story, state);
              if (nth === 0) expectGiven(story, state, saving);
              if (saving > 0) saved += 1;
            } catch (error) {
              throw new Error(JSON.stringify({ story, state }), { cause: error });
            }
          }
        }
      }
      expect(shown).toBeGreaterThan(STORIES * 0.5);
      expect(saved).toBeGreaterThan(STORIES * 0.3);
    },
  );

  it.each(OFFER_KINDS.flatMap((kind) => [["nudge in the cart", kind] as const, ["page", kind] as const]))(
    "is promised by a %s and paid by the next cart, with any other lines in the cart, for a %s",
    async (place, kind) => {
      const isNudge = place !== "page";
      const stories = fc.sample(storyOf(kind), STORIES);
      let promised = 0;
      for (let from = 0; from < stories.length; from += BATCH) {
        const batch = stories.slice(from, from + BATCH);
        const asked = await Promise.all(
          batch.map(async (story) => {
            const held = heldBy(story);
            const html = await (isNudge ? drawCart(story, held) : drawBlock(story, { held }));
            return [...html.matchAll(/data-bundlesmith-offer="([^"]+)"/g)].map(([, id]) => ({
              html,
              id: id!,
              picks: story.picks,
              rate: rateOf(story),
              story,
            }));
          }),
        );
        const drawn = asked.flat();
        const seen = await page.evaluate(
          driveWidget,
          drawn.map(({ html, id, picks, rate }) => ({ html, id, picks, rate })),
        );
        for (const [at, states] of seen.entries()) {
          const { story, id } = drawn[at]!;
          if (states[0] && isNudge)
            expect(promiseOf(story, states[0]), "a nudge saves something").toBeGreaterThan(0);
          for (const state of states.filter(({ canAdd }) => canAdd)) {
            promised += 1;
            try {
              expectInStock(story, state, { id, held: heldBy(story) });
              const saving = promiseOf(story, state);
              const gain = expectPaid(story, state, saving);
              // The lines in the cart can raise the saving of the lines that a page adds.
              if (isNudge) expectNudged(story, state, saving, gain);
            } catch (error) {
              throw new Error(JSON.stringify({ id, held: heldBy(story), story, state }), { cause: error });
            }
          }
        }
      }
      expect(promised).toBeGreaterThan(STORIES * 0.1);
    },
  );

  it("is shown and applied in the offer's countries only", async () => {
    const code = fc.constantFrom("AT", "CH", "DE", "ED", "TA", "US");
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(code, { maxLength: 4 }), code, async (countries, shopsIn) => {
        const story = pairOf("EUR", percent(1_000), { countries });
        const isFor = countries.length === 0 || countries.includes(shopsIn);
        const { output } = runDiscountFunction(wasm, inputQuery, cartOf(story, BOTH, { shopsIn }));
        expect((await drawBlock(story, { shopsIn })).includes(story.rule.id)).toBe(isFor);
        expect(output.operations.length > 0).toBe(isFor);
      }),
      { numRuns: 200 },
    );
  });

  it("is rounded down to the smallest unit of each currency", async () => {
    for (const currency of Intl.supportedValuesOf("currency")) {
      const story = pairOf(currency, percent(1_250));
      const discount = savingOf(story, cartOf(story, BOTH));
      expect(discount, currency).toBe(minorDigits(currency) === 0 ? 200 : 237);
      expect(await drawBlock(story), currency).toContain(`data-discount="${discount}"`);
      const { output } = runDiscountFunction(wasm, inputQuery, cartOf(story, BOTH));
      const [candidate] = output.operations[0]!.productDiscountsAdd!.candidates;
      expect(candidate!.value.fixedAmount!.amount, currency).toBe((discount / 100).toFixed(2));
    }
  });

  it("of a tier is not promised beside a cheaper unit, with which a larger tier saves less", async () => {
    const pair = pairOf("EUR", percent(1_000));
    const tiers = [
      { units: 2, reward: { type: "price" as const, hundredths: 1_500 } },
      { units: 3, reward: { type: "price" as const, hundredths: 1_950 } },
    ];
    const [first, other] = pair.products;
    const cheap = { id: "12", hundredths: 100, stock: null };
    const story: Story = {
      ...pair,
      products: [{ ...first!, variants: [...first!.variants, cheap] }, other!],
      rule: { ...pair.rule, kind: "breaks", scope: "product", tiers },
    };
    const two = { id: "11", units: 2 };
    const held = [{ id: cheap.id, units: 1 }];
    expect([paidOff(story, [two]), paidOff(story, [two, ...held])]).toEqual([500, 150]);
    expect(await drawBlock(story)).toContain(story.rule.id);
    expect(await drawBlock(story, { held: [{ id: "11", units: 1 }] })).toContain(story.rule.id);
    expect(await drawBlock(story, { held })).not.toContain(story.rule.id);
  });

  it("comes from a result and an input query that are valid in Shopify's schema", () => {
    const cart = cartOf(pairOf("EUR", percent(1_000)), BOTH);
    expect(() => runDiscountFunction(wasm, inputQuery, cart)).not.toThrow();
    expect(() => runDiscountFunction(wasm, "query Input { cart { total } }", cart)).toThrow(/does not fit/);
  });

  it("needs an input query within Shopify's size limit", () => {
    expect(Buffer.byteLength(inputQuery)).toBeLessThanOrEqual(3_000);
  });
});

/** Two products of 10.00 and 9.00 as a set. */
function pairOf(currency: string, reward: RuleReward, more: { countries?: string[] } = {}): Story {
  const products = [1_000, 900].map((hundredths, at) => ({
    id: String(at + 1),
    variants: [{ id: String(11 * (at + 1)), hundredths, stock: null }],
    isGiftCard: false,
  }));
  const rule: OfferRule = {
    kind: "set",
    id: "7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f",
    title: "Pair",
    titles: {},
    place: null,
    lastDay: null,
    countries: more.countries ?? [],
    times: null,
    reward,
    parts: BOTH.map(({ id, units }) => ({ variant: id, quantity: units, product: null })),
  };
  return {
    currency,
    rateMillionths: IN_SHOP_CURRENCY,
    products,
    rule,
    rivals: [],
    held: [],
    picks: [],
    countsSubscriptions: false,
  };
}
const BOTH = [
  { id: "11", units: 1 },
  { id: "22", units: 1 },
];
const percent = (basisPoints: number): RuleReward => ({ type: "percent", basisPoints });
