import { createHmac, timingSafeEqual } from "node:crypto";

/** Shopify signs a request as it hands it on. */
const MAX_AGE_MS = 90_000;

/**
 * Checks a request that Shopify handed on from a storefront through the app's proxy: hex HMAC-SHA256 over the sorted
 * `key=value` pairs without separators, and its time.
 *
 * @param apiSecrets the app's secret and, while it is being changed, the one before
 * @returns the shop's domain; null when nobody signed it, or too long ago
 */
export function verifyProxied(
  query: URLSearchParams,
  { apiSecrets, now }: { apiSecrets: readonly string[]; now: Date },
): string | null {
  const names = [...new Set(query.keys())].filter((name) => name !== "signature");
  const text = names
    .map((name) => `${name}=${query.getAll(name).join(",")}`)
    .sort()
    .join("");
  const given = Buffer.from(query.get("signature") ?? "");
  const isSigned = apiSecrets.map((secret) => {
    const expected = Buffer.from(createHmac("sha256", secret).update(text).digest("hex"));
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
  const ageMs = Math.abs(now.getTime() - Number(query.get("timestamp")) * 1_000);
  return isSigned.includes(true) && ageMs <= MAX_AGE_MS ? query.get("shop") : null;
}
