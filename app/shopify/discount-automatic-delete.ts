import {
  requestGraphql,
  ShopifyUserError,
  type AdminGraphql,
  type RequestOptions,
} from "./graphql-request.ts";

export const DISCOUNT_AUTOMATIC_DELETE_OPERATION = `#graphql
  mutation DiscountAutomaticDelete($id: ID!) {
    discountAutomaticDelete(id: $id) {
      deletedAutomaticDiscountId
      userErrors { field message code }
    }
  }`;

/** Deletes an automatic discount; one that is gone is no error. */
export async function deleteAutomaticDiscount(
  graphql: AdminGraphql,
  discountGid: string,
  options: Omit<RequestOptions<unknown>, "schema">,
): Promise<void> {
  try {
    await requestGraphql(graphql, DISCOUNT_AUTOMATIC_DELETE_OPERATION, { id: discountGid }, options);
  } catch (error) {
    const isGone =
      error instanceof ShopifyUserError &&
      error.userErrors.every(({ code, message }) => code === "INVALID" || /not (exist|found)/i.test(message));
    if (!isGone) throw error;
  }
}
