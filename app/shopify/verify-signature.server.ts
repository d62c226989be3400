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

/** Ten times the length of Shopify's own headers, and the limit of the database's keys. */
const MAX_HEADER_LENGTH = 400;
const FIRST_TRIGGER_MS = Date.UTC(2006, 0);
/** Above the clock skew between Shopify and us. */
const MAX_AHEAD_MS = DAY_MS;

/**
 * Checks a webhook's signature (base64 HMAC-SHA256 of the raw body) and headers, with the same answers as
 * `authenticate.webhook`: 405, 401, 400. `authenticate.webhook` also loads the shop's session and refreshes an expired
 * token. That would fail `app/uninstalled` always, because the token is revoked by then, and bursts of messages that
 * refresh the same token at once. For what the signature does not cover, see
 * app/decisions/collect/034-a-body-is-held-against-the-shop-it-came-under.md.
 *
 * @param apiSecrets the app's secret and, during a rotation, the previous one: Shopify signs with the older one until
 *   it is revoked
 * @returns `triggeredAt` is the time of arrival when the header has no plausible time: the signature does not cover it
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
 * Whether Shopify signed the text: HMAC-SHA256 with one of the app's secrets. Compares the encoded text, because a
 * decoder ignores anything after the padding, such as a second signature.
 */
export function isSignedByApp(
  text: string,
  signature: string,
  apiSecrets: readonly string[],
  encoding: "base64" | "hex" = "base64",
): boolean {
  const isSignedBy = (secret: string) =>
    isSameSecret(signature, createHmac("sha256", secret).update(text, "utf8").digest(encoding));
  // Tries every secret, so that the time taken does not reveal which one fits.
  return apiSecrets.map(isSignedBy).includes(true);
}

/** Shopify signs a request when it forwards it. */
const MAX_AGE_MS = 90_000;

/**
 * Checks a storefront request that Shopify forwarded through the app proxy: hex HMAC-SHA256 over the sorted `key=value`
 * pairs without separators, and its time.
 *
 * @param apiSecrets the app's secret and, during a rotation, the previous one
 * @returns the shop's domain; null when the signature is missing, wrong or too old
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
