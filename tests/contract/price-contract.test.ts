import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { minorDigits } from "#app/domain/money.ts";
import { OFFER_KINDS } from "#app/domain/offer/offer.ts";
import { writeRules, type OfferRule, type RuleReward } from "#app/domain/offer/offer-rule.ts";
import { IN_SHOP_CURRENCY, priceOffer } from "#app/domain/offer/price-offer.ts";
import { readFunctionInputQuery, readFunctionWasm } from "#extensions/build.ts";
import { launchChromium } from "#tests/setup/chromium.ts";
import { allocateDiscounts } from "#tests/standin/function-host/allocate-discounts.ts";
import {
  runDiscountFunction,
  type FunctionCart,
} from "#tests/standin/function-host/run-discount-function.ts";
import { ThemeExtension } from "#tests/standin/storefront/app-blocks.ts";
import { driveWidget, type WidgetState } from "./drive-widget.ts";
import { storyOf, variantsOf, type Story } from "./price-stories.ts";

const EXTENSION = join(import.meta.dirname, "../../extensions/bundle-offer");
const extension = new ThemeExtension(EXTENSION, { currency: "EUR" });

/** Random offers of each kind, drawn by the block, chosen from in Chromium and priced by the Function. */
const STORIES = Number(process.env["BUNDLESMITH_PRICE_STORIES"] ?? 150);
/** Stories that Chromium takes at a time. */
const BATCH = 50;
const HOME = "DE";

let wasm: Uint8Array;
let inputQuery: string;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  wasm = await readFunctionWasm();
  inputQuery = await readFunctionInputQuery();
  browser = await launchChromium();
  page = await browser.newPage();
  await page.setContent("<main></main>");
  await page.evaluate(() => {
    Object.assign(window, {
      bundlesmith: { mark: "" },
      Shopify: { currency: { active: "EUR", rate: "1.0" } },
    });
  });
  await page.addScriptTag({ content: readFileSync(join(EXTENSION, "assets/bundle-offer.js"), "utf8") });
});
afterAll(() => browser.close());

/** What lies on a product, by its id. */
function textsOf({ rule, rivals, products }: Story): Map<string, string> {
  const isPool = (one: OfferRule) =>
    one.kind === "range" || one.kind === "breaks" || (one.kind === "gift" && !("parts" in one.buy));
  return new Map(
    products.map(({ id }, at) => {
      const offers = [rule, ...rivals].filter((one) => at === 0 || (isPool(one) && at < products.length - 1));
      return [id, writeRules({ countsSubscriptions: false, offers })];
    }),
  );
}

/** The block on the page of the first product. */
async function drawBlock(story: Story, { shopsIn = HOME } = {}): Promise<string> {
  const texts = textsOf(story);
  const products = story.products.map((product) => {
    const drop = {
      id: Number(product.id),
      title: `Product ${product.id}`,
      price_min: Math.min(...product.variants.map(({ hundredths }) => hundredths)),
      variants: [] as object[],
      metafields: { $app: { offers: { value: texts.get(product.id) } } as Record<string, unknown> },
      selected_or_first_available_variant: {},
      selected_variant: null,
    };
    drop.variants = product.variants.map(({ id, hundredths }) => ({
      ...{
        id: Number(id),
        title: `Variant ${id}`,
        price: hundredths,
        available: true,
        url: "/",
        product: drop,
      },
      ...(product.isSoldOut && { available: false }),
    }));
    drop.selected_or_first_available_variant = drop.variants[0]!;
    return drop;
  });
  products[0]!.metafields.$app["bundle_variants"] = { value: products.flatMap(({ variants }) => variants) };
  const globals = {
    product: products[0],
    shop: { currency: story.rateMillionths === IN_SHOP_CURRENCY ? story.currency : "XTS" },
    cart: { currency: { iso_code: story.currency } },
    localization: { country: { iso_code: shopsIn } },
    request: { design_mode: false },
    routes: { cart_add_url: "/cart/add", cart_update_url: "/cart/update" },
  };
  const [block] = await extension.renderBlocks("product", "section", globals, { max_offers: 1 });
  return block!.html;
}

/** The lines that the widget's button adds, as a checkout holds them. */
function cartOf(story: Story, lines: WidgetState["lines"], { shopsIn = HOME } = {}): FunctionCart {
  const texts = textsOf(story);
  const known = new Map(story.products.flatMap((product) => variantsOf(product)).map((one) => [one.id, one]));
  return {
    today: "2026-11-24",
    country: shopsIn,
    currency: story.currency,
    rate: (story.rateMillionths / IN_SHOP_CURRENCY).toFixed(6),
    language: "JA",
    attributes: { _bundlesmith: `t:${"0".repeat(32)}` },
    lines: lines.map(({ id, units }, at) => {
      const { hundredths, product } = known.get(id)!;
      return {
        id: `gid://shopify/CartLine/${at}`,
        quantity: units,
        unitHundredths: hundredths,
        variantGid: `gid://shopify/ProductVariant/${id}`,
        productGid: `gid://shopify/Product/${product}`,
        isGiftCard: false,
        sellingPlanGid: null,
        productMetafield: (namespace, key) =>
          namespace === "$app" && key === "offers" ? (texts.get(product) ?? null) : null,
      };
    }),
  };
}

/** What the app gives for the story's own offer, hundredths. */
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

/** What the widget says is what the app computes. */
function expectSaving(story: Story, { lines, price }: WidgetState): number {
  const cart = cartOf(story, lines);
  const total = cart.lines.reduce((sum, line) => sum + line.quantity * line.unitHundredths, 0);
  const saving = savingOf(story, cart);
  expect(price, "the widget's price").toBe(total - saving);
  return saving;
}

/** What the Function gives is what the widget said, or more where a rival saves more. */
function expectGiven(story: Story, { lines }: WidgetState, saving: number): void {
  const cart = cartOf(story, lines);
  const applied = allocateDiscounts(cart, runDiscountFunction(wasm, inputQuery, cart).output);
  const given = (discounts: typeof applied) =>
    discounts.reduce(
      (sum, { shares }) => sum + shares.reduce((all, { hundredths }) => all + hundredths, 0),
      0,
    );
  const own = applied.filter(({ message }) => message.endsWith(`: ${story.rule.title}`));
  if (story.rivals.length === 0 || own.length > 0) expect(given(own), "the cart's discount").toBe(saving);
  expect(given(applied), "never less than was promised").toBeGreaterThanOrEqual(saving);
}

describe("one price", () => {
  it.each(OFFER_KINDS)(
    "is what widget, Function and app compute for any %s, whatever is chosen, in whatever currency, beside rivals",
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
            rate: (story.rateMillionths / IN_SHOP_CURRENCY).toFixed(6),
          })),
        );
        const seen = await page.evaluate(driveWidget, asked);
        for (const [at, states] of seen.entries()) {
          if (states.length > 0) shown += 1;
          const story = batch[at]!;
          // The button may be pressed after any choice; the Function is asked after the last.
          for (const [nth, state] of states
            .filter(({ canAdd }) => canAdd)
            .toReversed()
            .entries()) {
            try {
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
    60_000 + STORIES * 200,
  );

  it("is shown and given in the countries that the offer is for, and neither in any other", async () => {
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

  it("leaves out what no coin can pay, in every currency alike", async () => {
    for (const currency of Intl.supportedValuesOf("currency")) {
      const story = pairOf(currency, percent(1_250));
      const discount = savingOf(story, cartOf(story, BOTH));
      expect(discount, currency).toBe(minorDigits(currency) === 0 ? 200 : 237);
      expect(await drawBlock(story), currency).toContain(`data-discount="${discount}"`);
      const { output } = runDiscountFunction(wasm, inputQuery, cartOf(story, BOTH));
      const [candidate] = output.operations[0]!.productDiscountsAdd.candidates;
      expect(candidate!.value.fixedAmount!.amount, currency).toBe((discount / 100).toFixed(2));
    }
  });

  it("is one that the Function's result and input query express within Shopify's schema", () => {
    const cart = cartOf(pairOf("EUR", percent(1_000)), BOTH);
    expect(() => runDiscountFunction(wasm, inputQuery, cart)).not.toThrow();
    expect(() => runDiscountFunction(wasm, "query Input { cart { total } }", cart)).toThrow(/does not fit/);
  });

  it("is asked for within Shopify's limit on an input query", () => {
    expect(Buffer.byteLength(inputQuery)).toBeLessThanOrEqual(3_000);
  });
});

/** Two products of 10.00 and 9.00 as a set. */
function pairOf(currency: string, reward: RuleReward, more: { countries?: string[] } = {}): Story {
  const products = [1_000, 900].map((hundredths, at) => ({
    id: String(at + 1),
    variants: [{ id: String(11 * (at + 1)), hundredths }],
    isSoldOut: false,
  }));
  const rule: OfferRule = {
    ...{ kind: "set", id: "7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f", title: "Pair", titles: {} },
    ...{ place: null, lastDay: null, countries: more.countries ?? [], times: null },
    reward,
    parts: BOTH.map(({ id, units }) => ({ variant: id, quantity: units, product: null })),
  };
  return { currency, rateMillionths: IN_SHOP_CURRENCY, products, rule, rivals: [], picks: [] };
}
const BOTH = [
  { id: "11", units: 1 },
  { id: "22", units: 1 },
];
const percent = (basisPoints: number): RuleReward => ({ type: "percent", basisPoints });
