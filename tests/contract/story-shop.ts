import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { writeRules, type OfferRule } from "#app/domain/offer/offer-rule.ts";
import { IN_SHOP_CURRENCY } from "#app/domain/money.ts";
import { readFunctionInputQuery, readFunctionWasm } from "#tests/standin/storefront/read-function.ts";
import { allocateDiscounts } from "#tests/standin/function-host/allocate-discounts.ts";
import {
  runDiscountFunction,
  type FunctionCart,
} from "#tests/standin/function-host/run-discount-function.ts";
import { ThemeExtension } from "#tests/standin/storefront/app-blocks.ts";
import type { WidgetState } from "./drive-widget.ts";
import { variantsOf, type Story } from "./price-stories.ts";

const EXTENSION = join(import.meta.dirname, "../../extensions/bundle-offer");
const extension = new ThemeExtension(EXTENSION, { currency: "EUR" });
const HOME = "DE";

export const wasm = await readFunctionWasm();
export const inputQuery = await readFunctionInputQuery();

type Lines = WidgetState["lines"];

/** Opens an empty page with only the blocks' script. */
export async function openWidgets(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  await page.setContent("<main></main>");
  await page.evaluate(() => {
    Object.assign(window, {
      bundlesmith: { mark: "" },
      Shopify: { currency: { active: "EUR", rate: "1.0" } },
    });
  });
  await page.addScriptTag({ content: readFileSync(join(EXTENSION, "assets/bundle-offer.js"), "utf8") });
  return page;
}

/** Exchange rate of the shopper's currency in Shopify's format. */
export const rateOf = ({ rateMillionths }: Story) => (rateMillionths / IN_SHOP_CURRENCY).toFixed(6);

/** The rules text of each product, by product id. */
export function textsOf({ rule, rivals, products, countsSubscriptions }: Story): Map<string, string> {
  const isPool = (one: OfferRule) =>
    one.kind === "range" || one.kind === "breaks" || (one.kind === "gift" && !("parts" in one.buy));
  return new Map(
    products.map(({ id }, at) => {
      const offers = [rule, ...rivals].filter((one) => at === 0 || (isPool(one) && at < products.length - 1));
      return [id, writeRules({ countsSubscriptions, rejectsCodes: false, offers })];
    }),
  );
}

/** The story's products as Liquid objects. The others reference the first one as their anchor. */
function productsOf(story: Story) {
  const texts = textsOf(story);
  const products = story.products.map((product) => {
    const drop = {
      id: Number(product.id),
      title: `Product ${product.id}`,
      "gift_card?": product.isGiftCard,
      price_min: Math.min(...product.variants.map(({ hundredths }) => hundredths)),
      variants: [] as { id: number; price: number }[],
      metafields: { $app: { offers: { value: texts.get(product.id) } } as Record<string, unknown> },
      selected_or_first_available_variant: {},
      selected_variant: null,
    };
    drop.variants = product.variants.map(({ id, hundredths, stock }) => ({
      id: Number(id),
      title: `Variant ${id}`,
      price: hundredths,
      available: stock !== 0,
      inventory_management: stock === null ? null : "shopify",
      inventory_policy: "deny",
      inventory_quantity: stock ?? 0,
      url: "/",
      product: drop,
    }));
    drop.selected_or_first_available_variant = drop.variants[0]!;
    return drop;
  });
  products[0]!.metafields.$app["bundle_variants"] = { value: products.flatMap(({ variants }) => variants) };
  for (const { metafields } of products.slice(1))
    metafields.$app["bundle_anchors"] = { value: [products[0]] };
  return products;
}

async function draw(
  story: Story,
  { template, shopsIn }: { template: "product" | "cart"; shopsIn: string },
  held: Lines,
): Promise<string> {
  const products = productsOf(story);
  const globals = {
    product: template === "product" ? products[0] : null,
    shop: { currency: story.rateMillionths === IN_SHOP_CURRENCY ? story.currency : "XTS" },
    cart: { ...toCartDrop(story, products, held), currency: { iso_code: story.currency } },
    localization: { country: { iso_code: shopsIn } },
    request: { design_mode: false },
    routes: { cart_add_url: "/cart/add", cart_update_url: "/cart/update" },
  };
  const room = { max_offers: template === "product" ? 1 : 5 };
  const [block] = await extension.renderBlocks(template, "section", globals, room);
  return block!.html;
}

/** Draws the block on the first product's page, with a cart of these lines. */
export function drawBlock(story: Story, { shopsIn = HOME, held = [] as Lines } = {}): Promise<string> {
  return draw(story, { template: "product", shopsIn }, held);
}

/** Draws the block on the cart page, with a cart of these lines. */
export function drawCart(story: Story, held: Lines): Promise<string> {
  return draw(story, { template: "cart", shopsIn: HOME }, held);
}

/** A cart of these lines as a Liquid object, each line with the Function's discounts. */
function toCartDrop(story: Story, products: ReturnType<typeof productsOf>, lines: Lines) {
  if (lines.length === 0) return {};
  const applied = discountsOf(cartOf(story, lines));
  const known = new Map(
    products.flatMap((one) => one.variants.map((variant) => [variant.id, { variant, one }])),
  );
  const items = lines.map(({ id, units, isPlan }, at) => {
    const { variant, one: product } = known.get(Number(id))!;
    const shares = applied.flatMap(({ message, shares: all }) =>
      all.filter(({ lineId }) => lineId === lineGid(at)).map(({ hundredths }) => ({ message, hundredths })),
    );
    return {
      variant,
      variant_id: variant.id,
      product,
      product_id: product.id,
      gift_card: product["gift_card?"],
      quantity: units,
      original_price: isPlan ? planPrice(variant.price) : variant.price,
      selling_plan_allocation: isPlan ? { selling_plan: { id: 1 } } : null,
      line_level_discount_allocations: shares.map(({ message, hundredths }) => ({
        amount: hundredths,
        discount_application: { title: message },
      })),
    };
  });
  return { items, item_count: lines.reduce((sum, { units }) => sum + units, 0), attributes: {} };
}

/** A price of a selling plan that every currency can pay. */
const planPrice = (price: number) => Math.max(100, Math.floor((price * 0.9) / 100) * 100);

const lineGid = (at: number) => `gid://shopify/CartLine/${at}`;

/** The lines of a widget's button as a cart at the checkout. */
export function cartOf(story: Story, lines: Lines, { shopsIn = HOME } = {}): FunctionCart {
  const texts = textsOf(story);
  const known = new Map(story.products.flatMap((product) => variantsOf(product)).map((one) => [one.id, one]));
  return {
    today: "2026-11-24",
    country: shopsIn,
    currency: story.currency,
    rate: rateOf(story),
    language: "JA",
    attributes: { _bundlesmith: `t:${"0".repeat(32)}` },
    lines: lines.map(({ id, units, isPlan }, at) => {
      const { hundredths, product } = known.get(id)!;
      return {
        id: lineGid(at),
        quantity: units,
        unitHundredths: isPlan ? planPrice(hundredths) : hundredths,
        variantGid: `gid://shopify/ProductVariant/${id}`,
        productGid: `gid://shopify/Product/${product}`,
        isGiftCard: story.products.find(({ id: one }) => one === product)!.isGiftCard,
        sellingPlanGid: isPlan ? "gid://shopify/SellingPlan/1" : null,
        productMetafield: (namespace, key) =>
          namespace === "$app" && key === "offers" ? (texts.get(product) ?? null) : null,
      };
    }),
  };
}

/** The discounts that the checkout applies to a cart with the Function's result. */
export function discountsOf(cart: FunctionCart): ReturnType<typeof allocateDiscounts> {
  return allocateDiscounts(cart, runDiscountFunction(wasm, inputQuery, cart).output);
}
