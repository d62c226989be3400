import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { readFunctionWasm } from "./read-function.ts";
import { toHundredths } from "#tests/standin/shop/decimal.ts";
import { allocateDiscounts } from "../function-host/allocate-discounts.ts";
import { runDiscountFunction, type FunctionCart } from "../function-host/run-discount-function.ts";
import type { ShopProduct, ShopVariant } from "#tests/standin/shop/shop-records.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import type { CartContent } from "./change-cart.ts";

/** The app's discount Function as deployed: its module and its own input query. */
export interface DiscountFunction {
  readonly wasm: Uint8Array;
  readonly inputQuery: string;
}

/** A discount of the cart: its title is the Function's message, or else the discount's own title. */
export interface CartDiscount {
  readonly title: string;
  readonly amount: number;
  readonly isCode: boolean;
}

export interface PricedLine {
  readonly key: string;
  readonly product: ShopProduct;
  readonly variant: ShopVariant;
  readonly quantity: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly unitPrice: number;
  readonly allocations: readonly { readonly discountIndex: number; readonly amount: number }[];
  readonly lineTotal: number;
  readonly finalLineTotal: number;
}

/** A cart with today's discounts; all money in hundredths. `total` = `originalTotal` - `discountTotal`. */
export interface PricedCart {
  readonly token: string;
  readonly note: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly lines: readonly PricedLine[];
  readonly discounts: readonly CartDiscount[];
  /** Entered codes that a Function rejects, with its message. */
  readonly rejectedCodes: readonly { readonly code: string; readonly message: string }[];
  readonly originalTotal: number;
  readonly discountTotal: number;
  readonly total: number;
}

/**
 * Builds the app's Function if its sources are newer, and reads it with its input query.
 *
 * @throws Error when it does not compile or has no input query
 */
export async function readDiscountFunction(extensionsFolder: string): Promise<DiscountFunction> {
  const sources = join(extensionsFolder, "bundle-discount/src");
  const queryFile = (await readdir(sources)).find((name) => name.endsWith(".graphql"));
  if (queryFile === undefined) throw new Error(`${sources}: no input query`);
  return { wasm: await readFunctionWasm(), inputQuery: await readFile(join(sources, queryFile), "utf8") };
}

/**
 * The current price of a cart. The Function runs for each automatic app discount that this buyer gets, for cart and
 * checkout alike. A Rollout identifies buyers by their carts here. An entered code that no Function rejects takes its
 * share off the rest of each line.
 *
 * @param options.locale of the shopper, for example "pt-BR"
 * @throws Error when the Function fails, where Shopify would silently sell without the discount
 */
export function priceCart(
  state: ShopState,
  cart: CartContent,
  { discountFunction, locale }: { discountFunction: DiscountFunction; locale: string },
): PricedCart {
  const discounts: CartDiscount[] = [];
  const rejectedCodes: { code: string; message: string }[] = [];
  const allocationsByLine = new Map<string, { discountIndex: number; amount: number }[]>();
  const { app, rollouts } = state;
  const given = rollouts.listGiven(app.discounts.values(), app.listActiveDiscounts(), cart.token);
  for (const { title: discountTitle, discountClasses } of cart.lines.length === 0 ? [] : given) {
    if (!discountClasses.includes("PRODUCT")) continue;
    const functionCart = toFunctionCart(state, cart, locale);
    const { output } = runDiscountFunction(discountFunction.wasm, discountFunction.inputQuery, functionCart);
    for (const { enteredDiscountCodesReject: rejection } of output.operations)
      for (const { code } of rejection?.codes ?? [])
        rejectedCodes.push({ code, message: rejection!.message });
    for (const { message, hundredths, shares } of allocateDiscounts(functionCart, output)) {
      const isTaken = shares.some(({ lineId }) => allocationsByLine.has(lineId));
      if (hundredths === 0 || isTaken) continue;
      const discountIndex =
        discounts.push({ title: message || discountTitle, amount: hundredths, isCode: false }) - 1;
      for (const share of shares) {
        allocationsByLine.set(share.lineId, [{ discountIndex, amount: share.hundredths }]);
      }
    }
  }
  for (const code of cart.codes.filter((one) => rejectedCodes.every((rejected) => rejected.code !== one))) {
    const share = (state.codes.get(code) ?? 0) / 10_000;
    const discountIndex = discounts.length;
    const amounts = cart.lines.map(({ key, price, quantity }) => {
      const given = allocationsByLine.get(toLineGid(key)) ?? [];
      const left = toHundredths(price) * quantity - given.reduce((sum, { amount }) => sum + amount, 0);
      const amount = Math.floor(left * share);
      allocationsByLine.set(toLineGid(key), [...given, { discountIndex, amount }]);
      return amount;
    });
    discounts.push({ title: code, amount: amounts.reduce((sum, one) => sum + one, 0), isCode: true });
  }
  const lines = cart.lines.map((line): PricedLine => {
    const variant = state.catalogue.variant(line.variantGid);
    const unitPrice = toHundredths(line.price);
    const allocations = allocationsByLine.get(toLineGid(line.key)) ?? [];
    const lineTotal = unitPrice * line.quantity;
    return {
      key: line.key,
      product: state.catalogue.product(variant.productGid),
      variant,
      quantity: line.quantity,
      properties: line.properties,
      unitPrice,
      allocations,
      lineTotal,
      finalLineTotal: lineTotal - allocations.reduce((sum, { amount }) => sum + amount, 0),
    };
  });
  const originalTotal = lines.reduce((sum, { lineTotal }) => sum + lineTotal, 0);
  const total = lines.reduce((sum, { finalLineTotal }) => sum + finalLineTotal, 0);
  const { token, note, attributes } = cart;
  return {
    token,
    note,
    attributes,
    lines,
    discounts,
    rejectedCodes,
    originalTotal,
    discountTotal: originalTotal - total,
    total,
  };
}

/** Country of every shopper of a stand-in shop. */
export const SHOPPER_COUNTRY = "US";

function toFunctionCart(
  state: ShopState,
  { attributes, codes, lines }: CartContent,
  locale: string,
): FunctionCart {
  return {
    currency: state.currency,
    language: locale.toUpperCase().replace("-", "_"),
    attributes,
    // Canada's locale formats a day as 2026-12-24.
    today: new Date(state.clock.now()).toLocaleDateString("en-CA", { timeZone: state.timeZone }),
    country: SHOPPER_COUNTRY,
    codes: codes.map((code) => ({ code, rejectable: true })),
    lines: lines.map(({ key, variantGid, quantity, price }) => {
      const variant = state.catalogue.variant(variantGid);
      const product = state.catalogue.product(variant.productGid);
      return {
        id: toLineGid(key),
        quantity,
        unitHundredths: toHundredths(price),
        variantGid,
        productGid: product.gid,
        isGiftCard: product.isGiftCard,
        sellingPlanGid: null,
        productMetafield: (namespace, metafieldKey) =>
          state.app.findMetafield(product.gid, namespace, metafieldKey)?.value ?? null,
      };
    }),
  };
}

function toLineGid(key: string): string {
  return `gid://shopify/CartLine/${key}`;
}
