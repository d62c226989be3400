import { useLocation } from "@remix-run/react";
import { useEffect } from "react";

/** What Shopify's library asks of the address of a document, and Shopify's admin gave the first. */
const ASKED = ["shop", "host", "embedded"];
const opened = new URLSearchParams(typeof location === "undefined" ? "" : location.search);

/**
 * Lets the frame be loaded anew on any page: by the browser, or by Remix once a deployment has taken the scripts of a
 * page away. The router moves without what the admin gave the first document, and without it Shopify's library sends
 * the frame to a login that no frame may show (https://github.com/Shopify/shopify-app-js/pull/3216).
 */
export function useReloadableFrame(): void {
  const { key } = useLocation();
  useEffect(giveBackAsked, [key]);
}

/** Loads the frame anew, also in the midst of a move. */
export function reloadFrame(): void {
  giveBackAsked();
  location.reload();
}

function giveBackAsked(): void {
  const address = new URL(location.href);
  for (const name of ASKED) {
    const value = opened.get(name);
    if (value) address.searchParams.set(name, value);
  }
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}
