import type { ActionFunctionArgs } from "@remix-run/node";
import { deps } from "#app/services/deps.server.ts";
import { apiSecrets } from "#app/process/env.server.ts";
import { AppError } from "#app/process/errors.ts";
import { receiveWebhook } from "#app/services/collect/receive-webhook.server.ts";
import { verifyWebhook } from "#app/shopify/verify-signature.server.ts";

/** Receives every topic of shopify.app.toml. 200 after saving it; 503 makes Shopify send it again. */
export async function action({ request }: ActionFunctionArgs) {
  const now = new Date();
  const webhook = await verifyWebhook(request, { apiSecrets: apiSecrets(), now });
  try {
    const outcome = await receiveWebhook(deps(), { ...webhook, now });
    // Treated as a wrong signature, because the signature belongs to the body of another shop.
    if (outcome === "refused") return new Response(null, { status: 401, statusText: "Unauthorized" });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    deps().log.error("collect.not_kept", { shop: webhook.shop, topic: webhook.topic, error });
    return new Response(null, { status: 503 });
  }
  return new Response(null, { status: 200 });
}
