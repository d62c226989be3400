import type { Request, Response } from "express";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import { emptyCart, refreshCart, type CartContent } from "./change-cart.ts";

const COOKIE = "cart";
const MAX_AGE_S = 14 * 86_400;

/** The value of a cookie of the request, or null. */
function readCookie(request: Request, name: string): string | null {
  for (const pair of (request.headers.cookie ?? "").split(/;\s*/)) {
    const [key, value] = pair.split("=", 2);
    if (key === name && value !== undefined) return decodeURIComponent(value);
  }
  return null;
}

/** The shopper's cart at today's prices; an empty one, not yet saved, for a shopper without a cart. */
export function findCart(state: ShopState, request: Request): CartContent {
  const token = readCookie(request, COOKIE);
  const known = token === null ? undefined : state.orders.carts.get(token);
  if (!known) return emptyCart(token ?? "");
  const { note, codes, lines, attributes } = known;
  return refreshCart(state, { token: known.token, note, codes, lines, attributes });
}

/** Saves a changed cart and sets the shopper's cookie. */
export function keepCart(state: ShopState, response: Response, cart: CartContent): CartContent {
  const token = cart.token === "" ? state.orders.newToken() : cart.token;
  const kept = { ...cart, token };
  state.orders.saveCart(kept);
  response.append("Set-Cookie", `${COOKIE}=${token}; Path=/; Max-Age=${MAX_AGE_S}; SameSite=Lax`);
  return kept;
}

/** Deletes a cart after its purchase. */
export function dropCart(state: ShopState, response: Response, cart: CartContent): void {
  state.orders.carts.delete(cart.token);
  response.append("Set-Cookie", `${COOKIE}=; Path=/; Max-Age=0; SameSite=Lax`);
}
