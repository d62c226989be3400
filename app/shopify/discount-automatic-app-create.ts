import { z } from "zod";
import type { Combining } from "#app/domain/publish/combining.ts";
import { DISCOUNT_TITLE } from "#app/domain/collect/messages/our-marks.ts";
import { requestGraphql, type AdminGraphql, type RequestOptions } from "./graphql-request.ts";

/** `handle` of extensions/bundle-discount/shopify.extension.toml. */
const FUNCTION_HANDLE = "bundle-discount";

export const DISCOUNT_AUTOMATIC_APP_CREATE_OPERATION = `#graphql
  mutation DiscountAutomaticAppCreate($discount: DiscountAutomaticAppInput!) {
    discountAutomaticAppCreate(automaticAppDiscount: $discount) {
      automaticAppDiscount { discountId }
      userErrors { field message code }
    }
  }`;

const Answer = z.object({
  discountAutomaticAppCreate: z.object({ automaticAppDiscount: z.object({ discountId: z.string() }) }),
});

/**
 * Creates the one automatic discount through which the Function gives every bundle its price.
 *
 * @returns its global id
 * @throws ShopifyUserError when Shopify refuses it, for instance because all apps of the shop together already have
 *   25 active automatic app discounts
 */
export async function createAutomaticAppDiscount(
  graphql: AdminGraphql,
  { startsAt, combinesWith }: { startsAt: Date; combinesWith: Combining },
  options: Omit<RequestOptions<unknown>, "schema">,
): Promise<string> {
  const discount = {
    title: DISCOUNT_TITLE,
    functionHandle: FUNCTION_HANDLE,
    discountClasses: ["PRODUCT"],
    startsAt: startsAt.toISOString(),
    combinesWith,
  };
  const answer = await requestGraphql(
    graphql,
    DISCOUNT_AUTOMATIC_APP_CREATE_OPERATION,
    { discount },
    { ...options, schema: Answer },
  );
  return answer.discountAutomaticAppCreate.automaticAppDiscount.discountId;
}
