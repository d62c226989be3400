import { createHmac, timingSafeEqual } from "node:crypto";

interface VerifiedWebhook {
  readonly shop: string;
  readonly topic: string;
  readonly webhookId: string;
  readonly triggeredAt: Date;
  readonly rawBody: string;
}

/**
 * Checks a webhook's signature (base64 HMAC-SHA256 of the raw body) and headers, with the same answers as
 * `authenticate.webhook`: 405, 401, 400. That one, after its check, also loads the shop's session and refreshes an
 * expired token, so a message would fail for a reason that is none of its own: `app/uninstalled` always, since the
 * token is revoked by then, and a burst of messages whenever they refresh the same token at once.
 *
 * @throws Response 405, 401 or 400
 */
export async function verifyWebhook(
  request: Request,
  { apiSecret, now }: { apiSecret: string; now: Date },
): Promise<VerifiedWebhook> {
  if (request.method !== "POST") throw new Response(null, { status: 405, statusText: "Method not allowed" });
  const rawBody = await request.text();
  const header = (name: string): string => request.headers.get(`X-Shopify-${name}`) ?? "";
  const missing = ["Hmac-Sha256", "Topic", "Shop-Domain", "Webhook-Id"].filter((name) => header(name) === "");
  if (missing.length > 0) throw new Response(null, { status: 400, statusText: "Bad Request" });
  if (!isSignedBy(apiSecret, rawBody, header("Hmac-Sha256"))) {
    throw new Response(null, { status: 401, statusText: "Unauthorized" });
  }
  const triggeredAtMs = Date.parse(header("Triggered-At"));
  return {
    shop: header("Shop-Domain"),
    topic: header("Topic"),
    webhookId: header("Webhook-Id"),
    triggeredAt: Number.isNaN(triggeredAtMs) ? now : new Date(triggeredAtMs),
    rawBody,
  };
}

function isSignedBy(secret: string, rawBody: string, signature: string): boolean {
  const expected = createHmac("sha256", secret).update(rawBody, "utf8").digest();
  const given = Buffer.from(signature, "base64");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
