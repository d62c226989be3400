import { describe, expect, it } from "vitest";
import { shopperAddress } from "#app/web/rate-limit.server.ts";

const SHOPIFY = "198.51.100.1";
const SHOPPER = "203.0.113.7";

describe("shopperAddress", () => {
  it.each([
    ["the last one that Shopify sent", `192.0.2.66, ${SHOPPER}`, SHOPPER],
    ["the one before Shopify's own, which a proxy appended", `192.0.2.66, ${SHOPPER}, ${SHOPIFY}`, SHOPPER],
    ["unknown if Shopify sent none", null, null],
    // Otherwise all shoppers would share one address and its limit.
    ["unknown if a proxy appended Shopify's own to nothing", SHOPIFY, null],
  ])("is %s", (_, forwardedFor, address) => {
    expect(shopperAddress(forwardedFor, SHOPIFY)).toBe(address);
  });
});
