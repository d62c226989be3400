import type { AppError } from "#app/errors.ts";
import { explainRefusal } from "#app/domain/publish/explain-user-error.ts";
import { ShopifyStatusError, ShopifyUserError } from "#app/shopify/graphql-request.ts";

/** Why a publishing pass failed, in the merchant's words. */
export function explainPublishError(error: AppError): string {
  const kinds = { shopify_throttled: "throttled", shopify_unreachable: "unreachable" } as const;
  const kind = error.code in kinds ? kinds[error.code as keyof typeof kinds] : "refused";
  return explainRefusal({
    kind,
    status: error instanceof ShopifyStatusError ? error.status : undefined,
    message: error.message,
    userErrors: error instanceof ShopifyUserError ? error.userErrors : [],
  });
}
