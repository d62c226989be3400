/*
 * Shopify's standard actions: `getCart`, `updateCart` and `openCart` on `Shopify.actions`, ready once the page is
 * parsed. A theme that has configured `updateCart` updates itself with the events; every other page is reloaded.
 * Lines carry attributes; the cart's own cannot be set.
 */
import {
  CartErrorEvent,
  CartLinesUpdateEvent,
  CartNoteUpdateEvent,
  ShopifyStandardEvent,
} from "./standard-events.js";

const digitsOf = (id) => String(id).split("?")[0].split("/").pop();
const post = (path, body) =>
  fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
  });

/** Makes one change of the cart; returns the text of a refusal. */
const ask = async (path, body) => {
  const answer = await post(path, body);
  return answer.ok ? null : (await answer.json()).description;
};

const readCart = async () =>
  ShopifyStandardEvent.createCartFromAjaxResponse(await (await fetch("/cart.js")).json());

const change = async ({ lines = [], note }) => {
  const added = lines.filter(({ id }) => id === undefined);
  const changed = lines.filter(({ id }) => id !== undefined);
  const texts = [];
  if (added.length > 0) {
    const items = added.map(({ merchandiseId, quantity, attributes = [] }) => ({
      id: digitsOf(merchandiseId),
      quantity,
      properties: Object.fromEntries(attributes.map(({ key, value }) => [key, value])),
    }));
    texts.push(await ask("/cart/add.js", { items }));
  }
  for (const { id, quantity } of changed) texts.push(await ask("/cart/change.js", { id, quantity }));
  if (note !== undefined) texts.push(await ask("/cart/update.js", { note }));
  const userErrors = texts.filter(Boolean).map((message) => ({ code: "INVALID", message }));
  return { cart: await readCart(), userErrors, warnings: [] };
};

const configurable = (act) => {
  let configuration = null;
  const action = (payload, options) => {
    const byDefault = () => act(payload, options ?? {}, configuration);
    return configuration?.handler ? configuration.handler(byDefault, payload, options) : byDefault();
  };
  action.configure = (given) => {
    configuration = given;
    return true;
  };
  action.isDefault = () => configuration === null;
  return action;
};

const updateCart = configurable(async (payload, { event = {} }, configuration) => {
  const { lines = [], note } = payload;
  const target = (meta) => configuration?.eventTarget?.(meta) ?? document;
  const { context = "standard-action", detail } = event;
  const promise = change(payload);
  if (lines.length > 0) {
    const action = lines.some(({ id }) => id === undefined)
      ? "add"
      : lines.every(({ quantity }) => quantity === 0)
        ? "remove"
        : "update";
    target({ type: CartLinesUpdateEvent.eventName, action }).dispatchEvent(
      new CartLinesUpdateEvent({ action, context, lines, promise, detail }),
    );
  }
  if (note !== undefined)
    target({ type: CartNoteUpdateEvent.eventName }).dispatchEvent(
      new CartNoteUpdateEvent({ context, note, promise, detail }),
    );
  const result = await promise;
  for (const { code, message } of result.userErrors)
    target({ type: CartErrorEvent.eventName }).dispatchEvent(new CartErrorEvent({ error: message, code }));
  if (configuration === null && result.userErrors.length === 0) location.reload();
  return result;
});

const openCart = configurable(async () => {
  location.href = "/cart";
});

window.Shopify = window.Shopify ?? {};
window.Shopify.actions = Object.freeze({
  getCart: async () => ({ cart: await readCart() }),
  updateCart,
  openCart,
});
