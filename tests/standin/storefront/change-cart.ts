import { createHash } from "node:crypto";
import { isAvailable } from "#tests/standin/shop/catalogue.ts";
import type { ShopCart } from "#tests/standin/shop/shop-records.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";

export type CartContent = Pick<ShopCart, "token" | "note" | "codes" | "lines" | "attributes">;
type CartLine = ShopCart["lines"][number];

/** A change that Shopify's cart refuses, with the HTTP status of the answer. */
export class CartError extends Error {
  override readonly name = "CartError";
  readonly status: number;
  constructor(status: number, description: string) {
    super(description);
    this.status = status;
  }
}

export interface AddedItem {
  /** Digits of a variant's id. */
  readonly id: string;
  readonly quantity: number;
  readonly properties: Readonly<Record<string, string>>;
}

/** An empty cart under a token. */
export function emptyCart(token: string): CartContent {
  return { token, note: null, codes: [], lines: [], attributes: {} };
}

/**
 * The cart with items added; equal variants with equal properties share a line. All items are added or none.
 *
 * @throws CartError 404 for an unknown variant, 422 without enough stock or for a quantity that is not above zero
 */
export function addItems(state: ShopState, cart: CartContent, items: readonly AddedItem[]): CartContent {
  const lines = cart.lines.map((line) => ({ ...line }));
  for (const { id, quantity, properties } of items) {
    const variant = state.catalogue.variants.get(`gid://shopify/ProductVariant/${id}`);
    const product = variant && state.catalogue.products.get(variant.productGid);
    if (!variant || !product || product.status !== "ACTIVE") throw new CartError(404, "Cannot find variant");
    if (!Number.isInteger(quantity) || quantity < 1) {
      throw new CartError(422, "Quantity must be a whole number above zero");
    }
    const key = lineKey(id, properties);
    const known = lines.find((line) => line.key === key);
    const inCart = lines
      .filter(({ variantGid }) => variantGid === variant.gid)
      .reduce((sum, line) => sum + line.quantity, 0);
    if (!isAvailable(product, variant, inCart + quantity)) {
      throw new CartError(
        422,
        variant.inventoryQuantity <= 0
          ? `The product '${product.title}' is already sold out.`
          : `You can't add more ${product.title} to the cart.`,
      );
    }
    if (known) known.quantity += quantity;
    else
      lines.push({
        key,
        variantGid: variant.gid,
        quantity,
        price: variant.price,
        properties: { ...properties },
      });
  }
  return { ...cart, lines };
}

/**
 * The cart with one line's quantity changed; zero removes the line.
 *
 * @param place the line's key, a variant's id, or its position counted from one
 * @throws CartError 400 for a missing line, 422 for more than the stock
 */
export function changeLine(
  state: ShopState,
  cart: CartContent,
  place: { readonly key: string } | { readonly line: number },
  quantity: number,
): CartContent {
  const index =
    "line" in place
      ? place.line - 1
      : cart.lines.findIndex(
          ({ key, variantGid }) => key === place.key || variantGid.endsWith(`/${place.key}`),
        );
  const line: CartLine | undefined = cart.lines[index];
  if (!line) throw new CartError(400, "no valid id or line parameter");
  if (!Number.isInteger(quantity) || quantity < 0) throw new CartError(422, "Quantity must not be negative");
  if (quantity === 0) return { ...cart, lines: cart.lines.filter((one) => one !== line) };
  const variant = state.catalogue.variant(line.variantGid);
  const product = state.catalogue.product(variant.productGid);
  if (quantity > line.quantity && !isAvailable(product, variant, quantity)) {
    throw new CartError(422, `You can't add more ${product.title} to the cart.`);
  }
  return { ...cart, lines: cart.lines.map((one) => (one === line ? { ...one, quantity } : one)) };
}

/** The cart with attributes merged in; an empty value removes one. */
export function setAttributes(cart: CartContent, attributes: Readonly<Record<string, string>>): CartContent {
  const merged = Object.entries({ ...cart.attributes, ...attributes }).filter(([, value]) => value !== "");
  return { ...cart, attributes: Object.fromEntries(merged) };
}

/** The cart at today's prices without deleted products, as a returning shopper finds it. */
export function refreshCart(state: ShopState, cart: CartContent): CartContent {
  const lines = cart.lines.flatMap((line) => {
    const variant = state.catalogue.variants.get(line.variantGid);
    return variant ? [{ ...line, price: variant.price }] : [];
  });
  return { ...cart, lines };
}

function lineKey(variantId: string, properties: Readonly<Record<string, string>>): string {
  const sorted = JSON.stringify(Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${variantId}:${createHash("md5").update(sorted).digest("hex")}`;
}
