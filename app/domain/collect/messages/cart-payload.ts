import { z } from "zod";
import { ARM_ATTRIBUTE } from "./our-marks.ts";
import type { Result } from "#app/domain/result.ts";
import { Arm, parseArmAttribute } from "#app/domain/collect/order-event.ts";
import { readPayload } from "./read-payload.ts";
import { Instant, NumericId, toGid } from "./shopify-values.ts";

/** A cart of 500 lines is as long as Shopify allows; more would be a forgery. */
const MAX_LINES = 500;

const CartPayload = z.object({
  token: z.string().min(1),
  // A checkout has a token of its own beside that of its cart.
  cart_token: z.string().min(1).nullish(),
  updated_at: Instant,
  line_items: z
    .array(z.object({ variant_id: NumericId.nullish(), product_id: NumericId.nullish() }))
    .max(MAX_LINES),
  note_attributes: z.array(z.object({ name: z.string(), value: z.coerce.string() })).nullish(),
});

/** A cart or its checkout at one moment. */
export const CartState = z.object({
  cartKey: z.string(),
  stage: z.enum(["cart", "checkout"]),
  updatedAt: z.iso.datetime(),
  /** Null where no attribute names the visitor: Shopify sends attributes with checkouts alone. */
  visitorKey: z.string().nullable(),
  arm: Arm.nullable(),
  /** Each variant once. */
  lines: z.array(z.object({ variantGid: z.string(), productGid: z.string().nullable() })),
});
export type CartState = z.infer<typeof CartState>;

/**
 * Step 1, collect: the payloads of `carts/*` and `checkouts/*`. The cart's token opens the cart, so only its keyed
 * hash is kept; it joins a cart to its checkout.
 *
 * @returns reason "payload_unusable" with the first field that does not fit
 */
export function toCartState(
  payload: unknown,
  stage: CartState["stage"],
  toKey: (token: string) => string,
): Result<CartState, "payload_unusable"> {
  return readPayload(CartPayload, payload, (cart) => {
    const attribute = cart.note_attributes?.find(({ name }) => name === ARM_ATTRIBUTE)?.value;
    const productOf = new Map<string, string | null>();
    for (const { variant_id, product_id } of cart.line_items) {
      if (variant_id) productOf.set(variant_id, product_id ?? null);
    }
    return {
      // The storefront's token carries the cart's key behind a question mark, a checkout's may not.
      cartKey: toKey((cart.cart_token ?? cart.token).replace(/\?.*$/, "")),
      stage,
      updatedAt: cart.updated_at,
      ...parseArmAttribute(attribute),
      lines: [...productOf].map(([variantId, productId]) => ({
        variantGid: toGid("ProductVariant", variantId),
        productGid: productId === null ? null : toGid("Product", productId),
      })),
    };
  });
}
