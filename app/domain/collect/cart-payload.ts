import { z } from "zod";
import { ARM_ATTRIBUTE } from "#app/domain/publish/storefront-offer.ts";
import type { Result } from "#app/domain/result.ts";
import type { BrowseEvent } from "./browse-event.ts";
import { parseArmAttribute } from "./order-event.ts";
import { readPayload } from "./read-payload.ts";
import { Instant, NumericId, toGid } from "./shopify-values.ts";

/** A cart of 500 lines is as long as Shopify allows; more would be a forgery. */
const MAX_LINES = 500;

const Cart = z.object({
  token: z.string().min(1),
  updated_at: Instant,
  line_items: z
    .array(z.object({ variant_id: NumericId.nullish(), product_id: NumericId.nullish() }))
    .max(MAX_LINES),
  note_attributes: z.array(z.object({ name: z.string(), value: z.coerce.string() })).nullish(),
});

/**
 * Step 1, collect: carts and checkouts as browsing, one event for each product that was ever in the cart. The
 * cart's token opens the cart, so only its keyed hash is kept; where the cart carries the visitor's key, that is
 * taken, so that the events join those of the pixel.
 *
 * @param kind "cart_updated" for `carts/*`, "checkout_updated" for `checkouts/*`
 * @returns reason "payload_unusable" with the first field that does not fit
 */
export function toCartEvents(
  payload: unknown,
  kind: "cart_updated" | "checkout_updated",
  toKey: (token: string) => string,
): Result<BrowseEvent[], "payload_unusable"> {
  return readPayload(Cart, payload, (cart) => {
    const tokenKey = toKey(cart.token);
    const attribute = cart.note_attributes?.find(({ name }) => name === ARM_ATTRIBUTE)?.value;
    const { arm, visitorKey } = parseArmAttribute(attribute);
    const variantIds = new Map(
      cart.line_items.flatMap((line) =>
        line.variant_id ? [[line.variant_id, line.product_id ?? null]] : [],
      ) as [string, string | null][],
    );
    return [...variantIds].map(([variantId, productId]) => ({
      eventId: `${kind}-${tokenKey}-${variantId}`,
      visitorKey: visitorKey ?? tokenKey,
      kind,
      productGid: productId === null ? null : toGid("Product", productId),
      variantGid: toGid("ProductVariant", variantId),
      bundleId: null,
      searchTerm: null,
      arm,
      occurredAt: cart.updated_at,
    }));
  });
}
