import { createHmac } from "node:crypto";
import { readWebhook } from "#tests/fixtures/webhooks/read-webhook.ts";
import { seededRandom } from "#tests/standin/simulator/random.ts";

export interface StormWebhook {
  readonly topic: string;
  readonly webhookId: string;
  readonly triggeredAt: string;
  readonly rawBody: string;
  /** Number of the order that the webhook belongs to. */
  readonly order: number;
}

const ORDER_ID = 9_007_199_254_740_993_001n;
const START_MS = Date.parse("2026-11-02T09:00:00Z");

/**
 * Webhooks in the order of their events: orders are placed, edited, cancelled and refunded, products and stock change.
 * Each change has its own timestamp, so the final state does not depend on the order of delivery.
 */
export function listStorm(count: number): StormWebhook[] {
  const templates = new Map<string, string>();
  const read = (file: string) => {
    const known = templates.get(file) ?? readWebhook(file);
    templates.set(file, known);
    return known;
  };
  return Array.from({ length: count }, (_, index) => {
    const at = new Date(START_MS + index * 1_000).toISOString();
    const order = Math.floor(index / 6);
    const orderId = String(ORDER_ID + BigInt(order));
    const orderBody = (changes: readonly [RegExp | string, string][]) =>
      [[/("updated_at": )"[^"]*"/, `$1"${at}"`] as const, ...changes].reduce<string>(
        (body, [from, to]) => body.replace(from, to),
        read("orders-create").replaceAll(String(ORDER_ID), orderId),
      );
    const message = (topic: string, rawBody: string) => ({
      topic,
      webhookId: `storm-${index}`,
      triggeredAt: at,
      rawBody,
      order,
    });
    switch (index % 6) {
      case 0:
        return message("orders/create", orderBody([]));
      case 1:
        return message("orders/updated", orderBody([[`"current_quantity": 2`, `"current_quantity": 1`]]));
      case 2:
        return message(
          "refunds/create",
          read("refunds-create")
            .replaceAll(String(ORDER_ID), orderId)
            .replaceAll("Refund/871", `Refund/${871 + order}`)
            .replace(`"id": 871`, `"id": ${871 + order}`),
        );
      case 3:
        return order % 4 === 0
          ? message("orders/cancelled", orderBody([[`"cancelled_at": null`, `"cancelled_at": "${at}"`]]))
          : message("orders/updated", orderBody([[`"current_quantity": 2`, `"current_quantity": 0`]]));
      case 4:
        return message(
          "products/update",
          read("products-update").replaceAll(/("updated_at": )"[^"]*"/g, `$1"${at}"`),
        );
      default:
        return message(
          "inventory_levels/update",
          read("inventory-levels-update")
            .replace(/("updated_at": )"[^"]*"/, `$1"${at}"`)
            .replace(`"available": 0`, `"available": ${order}`),
        );
    }
  });
}

/** The same webhooks in random order, a fifth of them delivered twice. */
export function shuffleStorm(storm: readonly StormWebhook[], seed: number): StormWebhook[] {
  const random = seededRandom(seed);
  const sent = [...storm, ...storm.filter(() => random() < 0.2)];
  for (let index = sent.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [sent[index], sent[other]] = [sent[other]!, sent[index]!];
  }
  return sent;
}

/** The headers of Shopify's request. */
export function signStorm(webhook: StormWebhook, { shop, secret }: { shop: string; secret: string }) {
  return {
    "Content-Type": "application/json",
    "X-Shopify-Topic": webhook.topic,
    "X-Shopify-Shop-Domain": shop,
    "X-Shopify-Webhook-Id": webhook.webhookId,
    "X-Shopify-Triggered-At": webhook.triggeredAt,
    "X-Shopify-Hmac-Sha256": createHmac("sha256", secret).update(webhook.rawBody).digest("base64"),
  };
}
