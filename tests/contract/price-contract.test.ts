import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { minorDigits } from "#app/domain/money.ts";
import { writeRules, type OfferRule, type RuleReward } from "#app/domain/offer/offer-rule.ts";
import { IN_SHOP_CURRENCY, priceOffer } from "#app/domain/offer/price-offer.ts";
import { readFunctionInputQuery, readFunctionWasm } from "#extensions/build.ts";
import { allocateDiscounts } from "#tests/standin/function-host/allocate-discounts.ts";
import {
  runDiscountFunction,
  type FunctionCart,
} from "#tests/standin/function-host/run-discount-function.ts";
import { ThemeExtension } from "#tests/standin/storefront/app-blocks.ts";

const EXTENSION = join(import.meta.dirname, "../../extensions/bundle-offer");
const extension = new ThemeExtension(EXTENSION, { currency: "EUR" });
/** Of hundredths, of whole units, of thousandths, and such as are shown whole but charged in hundredths. */
const CURRENCIES = ["EUR", "USD", "JPY", "KRW", "ISK", "CLP", "KWD", "HUF"] as const;

/** Random bundles, each drawn by the block and priced by the Function; the variable asks for more or fewer. */
const BUNDLES = Number(process.env["BUNDLESMITH_PRICE_BUNDLES"] ?? 2_000);

let wasm: Uint8Array;
let inputQuery: string;
beforeAll(async () => {
  wasm = await readFunctionWasm();
  inputQuery = await readFunctionInputQuery();
});

interface Component {
  /** Legacy id. */
  variant: number;
  quantity: number;
  unitHundredths: number;
  /** What the other variants of its product cost, where any of them counts; null where only this one does. */
  siblingsHundredths: number[] | null;
}

interface Bundle {
  currency: string;
  reward: RuleReward;
  components: Component[];
  /** Whose shoppers it is for; all where it is not said. */
  countries?: string[];
  /** Where the shopper shops. */
  shopsIn?: string;
}

const HOME = "DE";

const unitHundredths = fc.oneof(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 99_999_999 }));

const hundredths = unitHundredths;
const reward: fc.Arbitrary<RuleReward> = fc.oneof(
  fc.record({ type: fc.constant("percent" as const), basisPoints: fc.integer({ min: 1, max: 9_000 }) }),
  fc.record({ type: fc.constantFrom("amount" as const, "price" as const), hundredths }),
);

const bundle: fc.Arbitrary<Bundle> = fc
  .record({
    currency: fc.constantFrom(...CURRENCIES),
    reward,
    components: fc.uniqueArray(
      fc.record({
        variant: fc.integer({ min: 40_000_000_000_000, max: 49_999_999_999_999 }),
        quantity: fc.integer({ min: 1, max: 9 }),
        unitHundredths,
        siblingsHundredths: fc.option(fc.array(unitHundredths, { maxLength: 3 }), { nil: null }),
      }),
      { minLength: 2, maxLength: 4, selector: ({ variant }) => variant },
    ),
  })
  .map(toPayablePrices);

/** A shop's prices are amounts that its currency can pay. */
function toPayablePrices(drawn: Bundle): Bundle {
  if (minorDigits(drawn.currency) > 0) return drawn;
  const components = drawn.components.map((part) => ({
    ...part,
    unitHundredths: part.unitHundredths * 100,
    siblingsHundredths: part.siblingsHundredths?.map((price) => price * 100) ?? null,
  }));
  return { ...drawn, components };
}

const toRule = ({ reward: given, components, countries = [] }: Bundle): OfferRule => ({
  ...{ kind: "set", id: "7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f", title: "Better together", titles: {} },
  ...{ place: null, lastDay: null, countries, times: null },
  reward: given,
  parts: components.map(({ variant, quantity, siblingsHundredths }) => ({
    ...{ variant: String(variant), quantity },
    product: siblingsHundredths && String(variant),
  })),
});
const toText = (offered: Bundle) => writeRules({ countsSubscriptions: false, offers: [toRule(offered)] });

/** All variants of a component's product, its own first; a product has the number of its own variant. */
const variantsOf = ({ variant, unitHundredths: own, siblingsHundredths }: Component) =>
  [own, ...(siblingsHundredths ?? [])].map((hundredths, at) => ({
    id: variant + at * SIBLING_STEP,
    hundredths,
  }));
/** Beyond the range that own variants are drawn from. */
const SIBLING_STEP = 100_000_000_000_000;

/** The bundle with the variant of the anchor that a shopper took instead. */
function pick(offered: Bundle, choice: number): Bundle {
  const [anchor, ...others] = offered.components;
  const of = variantsOf(anchor!);
  const { id, hundredths } = of[choice % of.length]!;
  return { ...offered, components: [{ ...anchor!, variant: id, unitHundredths: hundredths }, ...others] };
}

/** What the theme block shows for a bundle, in hundredths; null when it shows no offer. */
async function readWidget(
  bundleShown: Bundle,
  selectedId?: number,
): Promise<{ total: number; discount: number; price: number } | null> {
  const variants = bundleShown.components.map((component) => {
    const ofProduct = { title: `Product ${component.variant}`, variants: [] as object[] };
    ofProduct.variants = variantsOf(component).map(({ id, hundredths }) => ({
      id,
      title: `Variant ${id}`,
      price: hundredths,
      available: true,
      url: `/products/p?variant=${id}`,
      product: ofProduct,
    }));
    return ofProduct.variants[0]!;
  });
  const product = {
    selected_variant: selectedId === undefined ? null : { id: selectedId },
    metafields: {
      $app: { offers: { value: toText(bundleShown) }, bundle_variants: { value: variants } },
    },
  };
  const [block] = await extension.renderBlocks("product", "section", {
    product,
    cart: { currency: { iso_code: bundleShown.currency } },
    localization: { country: { iso_code: bundleShown.shopsIn ?? HOME } },
    request: { design_mode: false },
    routes: { cart_add_url: "/cart/add", cart_update_url: "/cart/update" },
  });
  const read = (name: string) => new RegExp(`data-${name}="(\\d+)"`).exec(block!.html)?.[1];
  const [total, discount, price] = ["total", "discount", "price"].map(read);
  return price === undefined
    ? null
    : { total: Number(total), discount: Number(discount), price: Number(price) };
}

/** What the app gives on so many sets, with what was picked of the bundle; null where it is nothing. */
const savingOf = (offered: Bundle, picked: Bundle, sets = 1): number | null => {
  const cart = picked.components.map(({ variant, quantity, unitHundredths: price }, at) => ({
    ...{ variant: String(variant), product: String(offered.components[at]!.variant) },
    ...{ units: quantity * sets, unitHundredths: price, isInPool: at === 0 },
  }));
  const money = { currency: offered.currency, rateMillionths: IN_SHOP_CURRENCY };
  return priceOffer(toRule(offered), cart, money)?.hundredths ?? null;
};

/** The cart after the widget's button was pressed `sets` times, with what was picked of the bundle. */
const cartOf = (offered: Bundle, sets: number, picked = offered): FunctionCart => ({
  today: "2026-11-24",
  country: offered.shopsIn ?? HOME,
  currency: offered.currency,
  language: "JA",
  attributes: { _bundlesmith: `t:${"0".repeat(32)}` },
  lines: picked.components.map(({ variant, quantity, unitHundredths: price }, at) => ({
    id: `gid://shopify/CartLine/${at}`,
    quantity: quantity * sets,
    unitHundredths: price,
    variantGid: `gid://shopify/ProductVariant/${variant}`,
    productGid: `gid://shopify/Product/${offered.components[at]!.variant}`,
    isGiftCard: false,
    sellingPlanGid: null,
    productMetafield: (namespace, key) =>
      at === 0 && namespace === "$app" && key === "offers" ? toText(offered) : null,
  })),
});

describe("one price", () => {
  it("is what widget, Function and app compute for any bundle, any choice of variants and any number of sets, whatever the currency", async () => {
    let shown = 0;
    await fc.assert(
      fc.asyncProperty(bundle, fc.integer({ min: 1, max: 4 }), fc.nat(), async (offered, sets, choice) => {
        const picked = pick(offered, choice);
        const total = picked.components.reduce((sum, part) => sum + part.unitHundredths * part.quantity, 0);
        const discount = savingOf(offered, picked);
        const widget = await readWidget(offered, picked.components[0]!.variant);
        expect(widget).toEqual(discount === null ? null : { total, discount, price: total - discount });
        expect(savingOf(offered, picked, sets) ?? 0).toBe((discount ?? 0) * sets);
        shown += discount === null ? 0 : 1;
        if (offered.reward.type !== "percent") return;
        const cart = cartOf(offered, sets, picked);
        const applied = allocateDiscounts(cart, runDiscountFunction(wasm, inputQuery, cart).output);
        const given = applied.flatMap(({ shares }) => shares.map(({ hundredths: share }) => share));
        expect(given.reduce((sum, share) => sum + share, 0)).toBe((discount ?? 0) * sets);
      }),
      { numRuns: BUNDLES },
    );
    expect(shown).toBeGreaterThan(BUNDLES * 0.6);
  });

  it("is shown and given in the countries that the bundle is for, and neither in any other", async () => {
    const code = fc.constantFrom("AT", "CH", "DE", "ED", "TA", "US");
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(code, { maxLength: 4 }), code, async (countries, shopsIn) => {
        const components = [part(1), part(2)];
        const offered: Bundle = { currency: "EUR", reward: percent(1_000), components, countries, shopsIn };
        const isFor = countries.length === 0 || countries.includes(shopsIn);
        const { output } = runDiscountFunction(wasm, inputQuery, cartOf(offered, 1));
        expect((await readWidget(offered)) !== null).toBe(isFor);
        expect(output.operations.length > 0).toBe(isFor);
      }),
      { numRuns: 200 },
    );
  });

  it("leaves out what no coin can pay, in every currency alike", async () => {
    for (const currency of Intl.supportedValuesOf("currency")) {
      const offered = {
        currency,
        reward: percent(1_250),
        components: [part(1), { ...part(2), unitHundredths: 900 }],
      };
      const discount = savingOf(offered, offered)!;
      expect(discount, currency).toBe(minorDigits(currency) === 0 ? 200 : 237);
      expect((await readWidget(offered))?.discount, currency).toBe(discount);
      const { output } = runDiscountFunction(wasm, inputQuery, cartOf(offered, 1));
      const [candidate] = output.operations[0]!.productDiscountsAdd.candidates;
      expect(candidate!.value.fixedAmount!.amount, currency).toBe((discount / 100).toFixed(2));
    }
  });

  it("is one that the Function's result and input query express within Shopify's schema", () => {
    const cart = cartOf({ currency: "EUR", reward: percent(1_000), components: [part(1), part(2)] }, 1);
    expect(() => runDiscountFunction(wasm, inputQuery, cart)).not.toThrow();
    expect(() => runDiscountFunction(wasm, "query Input { cart { total } }", cart)).toThrow(/does not fit/);
  });

  it("is asked for within Shopify's limit on an input query", () => {
    expect(Buffer.byteLength(inputQuery)).toBeLessThanOrEqual(3_000);
  });

  it("is not shown for a bundle with a component that is sold out, unknown, a draft, sold by the box or by subscription only, or a gift card", async () => {
    const offered: Bundle = { currency: "EUR", reward: percent(1_000), components: [part(1), part(2)] };
    expect(await readWidget(offered)).not.toBeNull();
    const value = toText(offered);
    const html = async (variants: object[]) =>
      (
        await extension.renderBlocks("product", "section", {
          product: {
            metafields: { $app: { offers: { value }, bundle_variants: { value: variants } } },
          },
          request: { design_mode: false },
          routes: { cart_add_url: "/cart/add", cart_update_url: "/cart/update" },
        })
      )[0]!.html;
    const variant = {
      id: 40_000_000_000_001,
      title: "S",
      price: 500,
      available: true,
      product: { title: "A" },
    };
    const other = { ...variant, id: 40_000_000_000_002 };
    expect(await html([variant, other])).toContain('class="bundlesmith__offer"');
    expect(await html([variant])).not.toContain('class="bundlesmith__offer"');
    expect(await html([variant, { ...other, available: false }])).not.toContain('class="bundlesmith__offer"');
    const scarce = { inventory_management: "shopify", inventory_policy: "deny", inventory_quantity: 0 };
    expect(await html([variant, { ...other, ...scarce }])).not.toContain('class="bundlesmith__offer"');
    const boxed = { quantity_rule: { min: 6, increment: 6 } };
    expect(await html([variant, { ...other, ...boxed }])).not.toContain('class="bundlesmith__offer"');
    const limited = { quantity_rule: { min: 1, increment: 1, max: null } };
    expect(await html([variant, { ...other, ...limited }])).toContain('class="bundlesmith__offer"');
    expect(await html([variant, { ...other, requires_selling_plan: true }])).not.toContain(
      'class="bundlesmith__offer"',
    );
    const giftCard = { product: { title: "A", "gift_card?": true } };
    expect(await html([variant, { ...other, ...giftCard }])).not.toContain('class="bundlesmith__offer"');
  });
});

const percent = (basisPoints: number): RuleReward => ({ type: "percent", basisPoints });
const part = (at: number): Component => ({
  variant: 40_000_000_000_000 + at,
  quantity: 1,
  unitHundredths: 1_000,
  siblingsHundredths: null,
});
