import { createHmac } from "node:crypto";
import { DAY_MS } from "#app/domain/time.ts";
import { isSameSecret } from "#app/process/secret-box.server.ts";

export interface VerifiedWebhook {
  readonly shop: string;
  /** "orders/create" */
  readonly topic: string;
  readonly webhookId: string;
  readonly triggeredAt: Date;
  readonly rawBody: string;
}

/** Shopify's own headers have a tenth of it; the database's keys take no more. */
const MAX_HEADER_LENGTH = 400;
const FIRST_TRIGGER_MS = Date.UTC(2006, 0);
/** Shopify's clock and ours differ by less. */
const MAX_AHEAD_MS = DAY_MS;

/**
 * Checks a webhook's signature (base64 HMAC-SHA256 of the raw body) and headers, with the same answers as
 * `authenticate.webhook`: 405, 401, 400. That one, after its check, also loads the shop's session and refreshes an
 * expired token, so a message would fail for a reason that is none of its own: `app/uninstalled` always, since the
 * token is revoked by then, and a burst of messages whenever they refresh the same token at once. What the signature
 * leaves open is in app/decisions/collect/034-a-body-is-held-against-the-shop-it-came-under.md.
 *
 * @param apiSecrets the app's secret and, while it is being changed, the one before: Shopify signs with the older
 *   one until that is revoked
 * @returns the moment of arrival as `triggeredAt` where the header has none that can be: nobody signs it
 * @throws Response 405, 401 or 400
 */
export async function verifyWebhook(
  request: Request,
  { apiSecrets, now }: { apiSecrets: readonly string[]; now: Date },
): Promise<VerifiedWebhook> {
  if (request.method !== "POST") throw new Response(null, { status: 405, statusText: "Method not allowed" });
  const rawBody = await request.text();
  const header = (name: string): string => request.headers.get(`X-Shopify-${name}`) ?? "";
  const isUnusable = (text: string) => text === "" || text.length > MAX_HEADER_LENGTH;
  if (["Hmac-Sha256", "Topic", "Shop-Domain", "Webhook-Id"].map(header).some(isUnusable))
    throw new Response(null, { status: 400, statusText: "Bad Request" });
  if (!isSignedByApp(rawBody, header("Hmac-Sha256"), apiSecrets)) {
    throw new Response(null, { status: 401, statusText: "Unauthorized" });
  }
  const triggeredAtMs = Date.parse(header("Triggered-At"));
  const isPlausible = triggeredAtMs >= FIRST_TRIGGER_MS && triggeredAtMs <= now.getTime() + MAX_AHEAD_MS;
  return {
    shop: header("Shop-Domain"),
    topic: header("Topic"),
    webhookId: header("Webhook-Id"),
    triggeredAt: isPlausible ? new Date(triggeredAtMs) : now,
    rawBody,
  };
}

/**
 * Whether a text carries Shopify's signature: HMAC-SHA256 with one of the app's secrets. Compared as text: a decoder would
 * pass over what stands behind the padding, such as a second signature.
 */
export function isSignedByApp(
  text: string,
  signature: string,
  apiSecrets: readonly string[],
  encoding: "base64" | "hex" = "base64",
): boolean {
  const isSignedBy = (secret: string) =>
    isSameSecret(signature, createHmac("sha256", secret).update(text, "utf8").digest(encoding));
  // Every secret is tried, so that the time it takes does not tell which one fits.
  return apiSecrets.map(isSignedBy).includes(true);
}

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
  const isSigned = isSignedByApp(text, query.get("signature") ?? "", apiSecrets, "hex");
  const ageMs = Math.abs(now.getTime() - Number(query.get("timestamp")) * 1_000);
  return isSigned && ageMs <= MAX_AGE_MS ? query.get("shop") : null;
}
