/*
 * Replaces Shopify by the stand-in for one process of the app, without a change to the app's code:
 *
 *   STANDIN_URL=http://127.0.0.1:PORT node --import ./tests/standin/preload.mjs app/web.ts
 *
 * Calls to `https://SHOP.myshopify.com` go to the stand-in, and the stand-in's admin can also frame the pages that
 * Shopify's admin can frame. Nothing changes while STANDIN_URL is not set.
 */
import { ServerResponse } from "node:http";

/** Read at each call, because a test process has one stand-in after the other. */
const findStandin = () => (process.env.STANDIN_URL ? new URL(process.env.STANDIN_URL) : null);

const realFetch = globalThis.fetch;
globalThis.fetch = async function fetchOrStandin(input, init) {
  const address = input instanceof Request ? input.url : String(input);
  const url = URL.canParse(address) ? new URL(address) : null;
  const standin = findStandin();
  if (!standin || !url?.hostname.endsWith(".myshopify.com")) return realFetch(input, init);
  const redirected = new URL(url.pathname + url.search, standin);
  const request = input instanceof Request ? new Request(redirected, input) : new Request(redirected, init);
  request.headers.set("x-standin-shop", url.hostname);
  return realFetch(request);
};

const setHeader = ServerResponse.prototype.setHeader;
ServerResponse.prototype.setHeader = function setHeaderForStandin(name, value) {
  const standin = findStandin();
  const change = { "content-security-policy": widen, link: toOwnAppBridge }[name.toLowerCase()];
  return setHeader.call(this, name, standin && change ? change(value, standin) : value);
};

/** The package's preload hint names Shopify's CDN, which the page never needs here. */
function toOwnAppBridge(link, standin) {
  const own = new URL("/app-bridge.js", standin).href;
  if (Array.isArray(link)) return link.map((each) => toOwnAppBridge(each, standin));
  return String(link).replace("https://cdn.shopify.com/shopifycloud/app-bridge.js", own);
}

/** Adds the stand-in to the ancestors that a policy allows; a policy that allows none is unchanged. */
function widen(policy, standin) {
  if (Array.isArray(policy)) return policy.map((each) => widen(each, standin));
  return String(policy).replace(/frame-ancestors (?!'none')/g, `frame-ancestors ${standin.origin} `);
}
