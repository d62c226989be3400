import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { toInboxMessage, WEBHOOK_TOPICS } from "#app/domain/collect/messages/inbox-message.ts";
import { parseJsonKeepingIds } from "#app/domain/collect/messages/shopify-values.ts";
import { readWebhook } from "#tests/fixtures/webhooks/read-webhook.ts";
import { pickFields, readAppConfig } from "#tests/standin/shop/app-config.ts";

const { subscriptions } = readAppConfig(fileURLToPath(new URL("../../shopify.app.toml", import.meta.url)));
const context = { webhookId: "w", currency: "EUR", toKey: (id: string) => `key of ${id}` };

const FIXTURES: Readonly<Record<string, string>> = {
  "orders/create": "orders-create",
  "orders/updated": "orders-create",
  "orders/cancelled": "orders-create",
  "orders/delete": "orders-delete",
  "refunds/create": "refunds-create",
  "products/create": "products-update",
  "products/update": "products-update",
  "products/delete": "products-delete",
  "inventory_levels/update": "inventory-levels-update",
  "orders/edited": "orders-edited",
  "discounts/update": "discounts-update",
  "discounts/delete": "discounts-update",
  "shop/update": "shop-update",
  "customers/data_request": "customers-data-request",
  "customers/redact": "customers-redact",
};

describe("shopify.app.toml", () => {
  it("subscribes to exactly the topics that the app handles", () => {
    expect(subscriptions.map(({ topic }) => topic).sort()).toEqual([...WEBHOOK_TOPICS].sort());
  });

  it.each(Object.entries(FIXTURES))("requests every field of %s that the app reads", (topic, fixture) => {
    const payload = parseJsonKeepingIds(readWebhook(fixture)) as Record<string, unknown>;
    const { includeFields } = subscriptions.find((subscription) => subscription.topic === topic)!;
    const whole = toInboxMessage(topic, payload, context);
    expect(whole.ok).toBe(true);
    expect(toInboxMessage(topic, pickFields(payload, includeFields), context)).toEqual(whole);
  });

  it.each(Object.entries(FIXTURES))(
    "requests no field of %s that the app does not read, except the first",
    (topic, fixture) => {
      const payload = parseJsonKeepingIds(readWebhook(fixture)) as Record<string, unknown>;
      const { includeFields } = subscriptions.find((subscription) => subscription.topic === topic)!;
      const whole = toInboxMessage(topic, payload, context);
      // A value of a wrong type is refused or changes the message if the app reads the field.
      const isRead = (field: string) => {
        const spoilt = field.split(".").reduceRight<unknown>((value, name) => ({ [name]: value }), [[]]);
        return !isDeepStrictEqual(
          toInboxMessage(topic, { ...payload, ...(spoilt as object) }, context),
          whole,
        );
      };
      expect(includeFields.slice(1).filter((field) => !isRead(field))).toEqual([]);
    },
  );
});
