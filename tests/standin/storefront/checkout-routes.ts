import { answer } from "./answer.ts";
import type { Router } from "express";
import { CartDrop } from "./cart-drops.ts";
import { dropCart, findCart, keepCart } from "./cart-session.ts";
import { checkoutEvent } from "./pixel-events.ts";
import { placeOrder } from "./place-order.ts";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type { PricedCart } from "./price-cart.ts";
import { readParams } from "./read-params.ts";
import type { Storefront } from "./storefront-context.ts";
import { pixelTags } from "./web-pixel.ts";

/**
 * Shopify's checkout: the cart priced again by the Function, a field for discount codes, one button to pay, and the
 * thank-you page.
 */
export function addCheckoutRoutes(router: Router, storefront: Storefront): void {
  const { state, checkoutTheme } = storefront;
  const receipts = new Map<
    string,
    { cart: PricedCart; orderName: string; orderId: string; isSeen: boolean }
  >();
  const customerByEmail = new Map<string, string>();
  const globals = (title: string, cart: PricedCart, header: string) => ({
    shop: { name: state.name },
    routes: { root_url: "/", cart_url: "/cart", all_products_collection_url: "/collections/all" },
    cart: new CartDrop(state, cart),
    page_title: title,
    content_for_header: header,
  });

  const checkoutPage = async (cart: PricedCart, problem: string | null): Promise<string> => {
    const event = checkoutEvent("checkout_started", cart, { currency: state.currency, orderId: null });
    const scope = {
      ...globals("Checkout", cart, pixelTags(state, problem === null ? [event] : [])),
      problem,
      rejected_codes: cart.rejectedCodes,
    };
    return checkoutTheme.page("checkout/checkout", scope, "checkout/layout");
  };

  router.get(
    "/checkout",
    answer(async (request, response) => {
      const cart = await storefront.pricedCartOf(request);
      if (cart.lines.length === 0) {
        response.redirect("/cart");
        return;
      }
      response.type("html").send(await checkoutPage(cart, null));
    }),
  );

  router.post(
    "/checkout",
    answer(async (request, response) => {
      const params = await readParams(request);
      const content = findCart(state, request);
      const cart = await storefront.price(content);
      const email = String(params["email"] ?? "")
        .trim()
        .toLowerCase();
      if (email !== "" && !customerByEmail.has(email))
        customerByEmail.set(email, state.clock.nextGid("Customer"));
      let order;
      try {
        order = placeOrder(state, cart, customerByEmail.get(email) ?? null);
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        response
          .status(422)
          .type("html")
          .send(await checkoutPage(cart, problem));
        return;
      }
      const receipt = order.checkoutToken ?? state.orders.newToken();
      const orderId = String(legacyId(order.gid));
      receipts.set(receipt, { cart, orderName: order.name, orderId, isSeen: false });
      dropCart(state, response, content);
      response.redirect(303, `/checkout/thank-you/${receipt}`);
    }),
  );

  router.post(
    "/checkout/codes",
    answer(async (request, response) => {
      const code = String((await readParams(request))["code"] ?? "").trim();
      const content = findCart(state, request);
      if (!state.codes.has(code)) {
        const page = await checkoutPage(
          await storefront.price(content),
          `${code} isn't a valid discount code.`,
        );
        response.status(422).type("html").send(page);
        return;
      }
      keepCart(state, response, { ...content, codes: [...new Set([...content.codes, code])] });
      response.redirect(303, "/checkout");
    }),
  );

  router.get(
    "/checkout/thank-you/:receipt",
    answer(async (request, response, next) => {
      const receipt = receipts.get(request.params["receipt"] ?? "");
      if (!receipt) {
        next();
        return;
      }
      const { cart, orderName, orderId, isSeen } = receipt;
      receipt.isSeen = true;
      // Shopify raises checkout_completed only on the first view of this page.
      const event = checkoutEvent("checkout_completed", cart, { currency: state.currency, orderId });
      const scope = {
        ...globals("Thank you", cart, pixelTags(state, isSeen ? [] : [event])),
        order: { name: orderName },
      };
      response.type("html").send(await checkoutTheme.page("checkout/thank-you", scope, "checkout/layout"));
    }),
  );
}
