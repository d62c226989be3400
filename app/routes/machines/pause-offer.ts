import type { ActionFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { deps } from "#app/services/deps.server.ts";
import { apiSecrets } from "#app/process/env.server.ts";
import { decideBundle } from "#app/services/validate/decide-bundle.server.ts";
import { isSignedByApp } from "#app/shopify/verify-signature.server.ts";
import { parseJson } from "#app/web/http.server.ts";

/** Payload of Shopify Flow for this action; the key is that of the extension's field. */
const Execution = z.object({
  shopify_domain: z.string().regex(/\.myshopify\.com$/),
  properties: z.object({ "offer-id": z.uuid() }),
});

/**
 * The Shopify Flow action "Pause offer". Flow retries a 5xx, so the action is idempotent: it accepts an offer that is
 * already paused.
 */
export async function action({ request }: ActionFunctionArgs) {
  const rawBody = await request.text();
  const signature = request.headers.get("X-Shopify-Hmac-Sha256") ?? "";
  if (!isSignedByApp(rawBody, signature, apiSecrets())) return new Response(null, { status: 401 });
  const execution = Execution.safeParse(parseJson(rawBody));
  if (!execution.success) return new Response(null, { status: 400 });
  const { shopify_domain: shop, properties } = execution.data;
  const decided = await decideBundle(deps(), {
    shop,
    bundleId: properties["offer-id"],
    decision: "pause",
    decidedBy: "flow",
    now: new Date(),
  });
  if (decided.ok || decided.reason === "not_possible") return new Response(null, { status: 200 });
  return new Response(null, { status: decided.reason === "not_found" ? 404 : 422 });
}
