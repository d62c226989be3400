import { useLocation } from "@remix-run/react";
import { useEffect } from "react";

/** URL parameters that Shopify's library requires; Shopify's admin sets them on the first document. */
const ASKED = ["shop", "host", "embedded"];
const opened = new URLSearchParams(typeof location === "undefined" ? "" : location.search);

/**
 * Makes the frame reloadable on any page, by the browser or by Remix after a deployment removed the scripts of a page.
 * The router drops the parameters of the first document, and without them Shopify's library redirects the frame to a
 * login page that cannot be framed (https://github.com/Shopify/shopify-app-js/pull/3216).
 */
export function useReloadableFrame(): void {
  const { key } = useLocation();
  useEffect(giveBackAsked, [key]);
}

/** Reloads the frame, even during a navigation. */
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
