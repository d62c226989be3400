import { answer } from "./answer.ts";
import type { Request, Response, Router } from "express";
import { CartDrop } from "./cart-drops.ts";
import { findCart } from "./cart-session.ts";
import {
  addItems,
  CartError,
  changeLine,
  setAttributes,
  type AddedItem,
  type CartContent,
} from "./change-cart.ts";
import { ProductDrop } from "./liquid/drops.ts";
import { cartViewed } from "./pixel-events.ts";
import type { PricedCart } from "./price-cart.ts";
import { readParams, type Params } from "./read-params.ts";
import type { Page, Storefront } from "./storefront-context.ts";

/**
 * The cart page and Shopify's Ajax cart. `.js` answers JSON, and so does the same path for requests that accept JSON
 * or script; others are redirected to the cart.
 */
export function addCartRoutes(router: Router, storefront: Storefront): void {
  const { state } = storefront;
  const cartPage = (cart: PricedCart): Page => ({
    template: "cart",
    title: "Your cart",
    events: [cartViewed(cart, state.currency)],
  });

  /** The page whose sections are rendered: the one that the request names, else the referring page. */
  const sectionsPage = (request: Request, params: Params, cart: PricedCart): Page => {
    const address = String(params["sections_url"] ?? request.get("referer") ?? "/cart");
    const { pathname } = new URL(address, "http://localhost");
    if (pathname === "/cart") return cartPage(cart);
    const [, handle] = /^\/products\/([^/]+)$/.exec(pathname) ?? [];
    const product = handle === undefined ? undefined : state.catalogue.findProductByHandle(handle);
    if (!product) return { template: "index", title: "" };
    return {
      template: "product",
      title: product.title,
      objects: { product: new ProductDrop(state, product) },
    };
  };

  router.get(
    "/cart",
    answer(async (request, response) => {
      await storefront.send(request, response, cartPage(await storefront.pricedCartOf(request)));
    }),
  );

  router.get(
    ["/cart.js", "/cart.json"],
    answer(async (request, response) => {
      response.json(new CartDrop(state, await storefront.pricedCartOf(request)));
    }),
  );

  router.post(
    "/cart",
    answer(async (request, response) => {
      const params = await readParams(request);
      await storefront.keep(response, updateCart(storefront, findCart(state, request), params));
      response.redirect(303, "checkout" in params ? "/checkout" : "/cart");
    }),
  );

  route("/cart/add", async (request, response, params) => {
    const items = readItems(params);
    const before = findCart(state, request);
    const withAttributes = setAttributes(before, readTexts(params["attributes"]));
    const cart = await storefront.keep(response, addItems(state, withAttributes, items));
    const drop = new CartDrop(state, cart);
    const added = items.map(({ id, properties }) =>
      drop.items.find(
        (line) => String(line.id) === id && JSON.stringify(line.properties) === JSON.stringify(properties),
      ),
    );
    return { cart, body: Array.isArray(params["items"]) ? { items: added } : { ...added[0]?.toJSON() } };
  });

  route("/cart/change", async (request, response, params) => {
    const line = Number(params["line"]);
    const place = Number.isInteger(line) && line > 0 ? { line } : { key: String(params["id"] ?? "") };
    const changed = changeLine(state, findCart(state, request), place, Number(params["quantity"]));
    const cart = await storefront.keep(response, changed);
    return { cart, body: new CartDrop(state, cart).toJSON() };
  });

  route("/cart/update", async (request, response, params) => {
    const cart = await storefront.keep(response, updateCart(storefront, findCart(state, request), params));
    return { cart, body: new CartDrop(state, cart).toJSON() };
  });

  route("/cart/clear", async (request, response) => {
    const cart = await storefront.keep(response, { ...findCart(state, request), lines: [] });
    return { cart, body: new CartDrop(state, cart).toJSON() };
  });

  /** One change under its two addresses, with Shopify's error bodies and, on request, rendered sections. */
  function route(
    path: string,
    change: (
      request: Request,
      response: Response,
      params: Params,
    ) => Promise<{ cart: PricedCart; body: Record<string, unknown> }>,
  ): void {
    router.all(
      [path, `${path}.js`],
      answer(async (request, response) => {
        const isAjax =
          request.path.endsWith(".js") || /application\/j(son|avascript)/.test(request.get("accept") ?? "");
        const params = await readParams(request);
        try {
          const { cart, body } = await change(request, response, params);
          if (!isAjax) {
            response.redirect(
              303,
              typeof params["return_to"] === "string" && params["return_to"].startsWith("/")
                ? params["return_to"]
                : "/cart",
            );
            return;
          }
          const globals = await storefront.globals(request, sectionsPage(request, params, cart), cart);
          const sections = await storefront.renderSections(params["sections"], globals);
          response.json(sections ? { ...body, sections } : body);
        } catch (error) {
          if (!(error instanceof CartError)) throw error;
          const { status, message: description } = error;
          if (isAjax) response.status(status).json({ status, message: "Cart Error", description });
          else response.status(status).type("text").send(description);
        }
      }),
    );
  }
}

/** `attributes`, `note` and `updates`: a list in the lines' order, or quantities by line key or variant id. */
function updateCart({ state }: Storefront, cart: CartContent, params: Params): CartContent {
  let changed = setAttributes(cart, readTexts(params["attributes"]));
  if (typeof params["note"] === "string") changed = { ...changed, note: params["note"] };
  const updates = params["updates"];
  const byKey: [string, unknown][] = Array.isArray(updates)
    ? updates.flatMap((quantity, index): [string, unknown][] => {
        const line = cart.lines[index];
        return line ? [[line.key, quantity]] : [];
      })
    : Object.entries(typeof updates === "object" ? updates : {});
  for (const [key, quantity] of byKey) changed = changeLine(state, changed, { key }, Number(quantity));
  return changed;
}

function readItems(params: Params): AddedItem[] {
  const listed = params["items"];
  const items = Array.isArray(listed) ? listed : [params];
  return items.map((item) => {
    if (typeof item === "string") throw new CartError(400, "Bad Request");
    const quantity = item["quantity"] === undefined || item["quantity"] === "" ? 1 : Number(item["quantity"]);
    return { id: String(item["id"] ?? ""), quantity, properties: readTexts(item["properties"]) };
  });
}

function readTexts(value: Params[string] | undefined): Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text ?? "")]));
}
