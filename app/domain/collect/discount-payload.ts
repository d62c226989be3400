import { z } from "zod";
import { toLegacyId } from "#app/domain/ids.ts";
import type { Result } from "#app/domain/result.ts";
import { readPayload } from "./read-payload.ts";
import { Gid } from "./shopify-values.ts";

/** A discount of the shop, anybody's, that was changed or deleted. */
export const DiscountChange = z.object({
  /** The number alone: Shopify names one discount by gids of several kinds. */
  discountId: z.string(),
});
export type DiscountChange = z.infer<typeof DiscountChange>;

/**
 * Step 1, collect: the payload of `discounts/update` and `discounts/delete`. What became of the discount is not read:
 * publishing asks Shopify.
 *
 * @returns reason "payload_unusable" with the first field that does not fit
 */
export function toDiscountChange(payload: unknown): Result<DiscountChange, "payload_unusable"> {
  return readPayload(z.object({ admin_graphql_api_id: Gid }), payload, ({ admin_graphql_api_id }) => ({
    discountId: toLegacyId(admin_graphql_api_id),
  }));
}
