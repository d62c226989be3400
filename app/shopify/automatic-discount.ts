import { z } from "zod";
import type { Combining } from "#app/domain/publish/combining.ts";
import { DISCOUNT_TITLE } from "#app/domain/collect/messages/our-marks.ts";
import { requestGraphql, type AdminGraphql, type CallOptions, ShopifyUserError } from "./graphql-request.ts";

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
  options: CallOptions,
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
  options: CallOptions,
): Promise<void> {
  const variables = { id: discountGid, discount: { combinesWith } };
  await requestGraphql(graphql, DISCOUNT_AUTOMATIC_APP_UPDATE_OPERATION, variables, options);
}

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
  options: CallOptions,
): Promise<void> {
  await requestGraphql(graphql, DISCOUNT_AUTOMATIC_ACTIVATE_OPERATION, { id: discountGid }, options);
}

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
  options: CallOptions,
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
