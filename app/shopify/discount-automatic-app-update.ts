import type { Combining } from "#app/domain/publish/combining.ts";
import { requestGraphql, type AdminGraphql, type RequestOptions } from "./graphql-request.ts";

export const DISCOUNT_AUTOMATIC_APP_UPDATE_OPERATION = `#graphql
  mutation DiscountAutomaticAppUpdate($id: ID!, $discount: DiscountAutomaticAppInput!) {
    discountAutomaticAppUpdate(id: $id, automaticAppDiscount: $discount) {
      automaticAppDiscount { discountId }
      userErrors { field message code }
    }
  }`;

/**
 * Changes with which other discounts ours combines, and nothing else of it: switched off, it stays so.
 *
 * @throws ShopifyUserError when it is gone
 */
export async function updateAutomaticAppDiscount(
  graphql: AdminGraphql,
  { discountGid, combinesWith }: { discountGid: string; combinesWith: Combining },
  options: Omit<RequestOptions<unknown>, "schema">,
): Promise<void> {
  const variables = { id: discountGid, discount: { combinesWith } };
  await requestGraphql(graphql, DISCOUNT_AUTOMATIC_APP_UPDATE_OPERATION, variables, options);
}
