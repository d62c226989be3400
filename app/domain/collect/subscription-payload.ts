import { z } from "zod";
import type { Result } from "#app/domain/result.ts";
import { PLAN_KEYS } from "#app/domain/plans.ts";
import { readPayload } from "./read-payload.ts";

/** What became of one subscription. */
export const SubscriptionChange = z.object({
  subscriptionGid: z.string(),
  /** The plan that it pays for from now on; null when it pays for none any more. */
  plan: z.enum(PLAN_KEYS).nullable(),
});
export type SubscriptionChange = z.infer<typeof SubscriptionChange>;

/** The values of `AppSubscriptionStatus`. */
const Payload = z.object({
  app_subscription: z.object({
    admin_graphql_api_id: z.string().startsWith("gid://shopify/AppSubscription/"),
    name: z.string(),
    status: z.enum(["ACCEPTED", "ACTIVE", "CANCELLED", "DECLINED", "EXPIRED", "FROZEN", "PENDING"]),
  }),
});

/**
 * Step 1, collect: the payload of `app_subscriptions/update`. A frozen subscription, of a merchant who does not pay
 * Shopify, pays for nothing until it is active again.
 *
 * @returns null when no plan begins or ends by it: it waits for the merchant, or is of no plan that is sold; reason
 *   "payload_unusable" with the first field that does not fit
 */
export function toSubscriptionChange(
  payload: unknown,
): Result<SubscriptionChange | null, "payload_unusable"> {
  return readPayload(Payload, payload, ({ app_subscription: { admin_graphql_api_id, name, status } }) => {
    if (status === "ACCEPTED" || status === "PENDING") return null;
    if (status !== "ACTIVE") return { subscriptionGid: admin_graphql_api_id, plan: null };
    const plan = PLAN_KEYS.find((key) => key === name);
    return plan === undefined ? null : { subscriptionGid: admin_graphql_api_id, plan };
  });
}
