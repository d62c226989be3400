import { requestGraphql, type AdminGraphql, type RequestOptions } from "./graphql-request.ts";

export const DISCOUNT_AUTOMATIC_ACTIVATE_OPERATION = `#graphql
  mutation DiscountAutomaticActivate($id: ID!) {
    discountAutomaticActivate(id: $id) {
      automaticDiscountNode { id }
      userErrors { field message code }
    }
  }`;

/**
 * Switches an automatic discount on again, from now on and without an end.
 *
 * @throws ShopifyUserError when it is gone, or when all places of app discounts are taken
 */
export async function activateAutomaticDiscount(
  graphql: AdminGraphql,
  discountGid: string,
  options: Omit<RequestOptions<unknown>, "schema">,
): Promise<void> {
  await requestGraphql(graphql, DISCOUNT_AUTOMATIC_ACTIVATE_OPERATION, { id: discountGid }, options);
}
