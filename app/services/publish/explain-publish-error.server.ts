import type { AppError } from "#app/process/errors.ts";
import { explainRefusal } from "#app/domain/publish/explain-user-error.ts";
import type { ProblemMessage } from "#app/domain/publish/publish-messages.ts";
import { ShopifyStatusError, ShopifyUserError } from "#app/shopify/graphql-request.ts";

/** Why a publishing pass failed, for the merchant. */
export function explainPublishError(error: AppError): ProblemMessage[] {
  const kinds = { shopify_throttled: "throttled", shopify_unreachable: "unreachable" } as const;
  const kind = error.code in kinds ? kinds[error.code as keyof typeof kinds] : "refused";
  return explainRefusal({
    kind,
    status: error instanceof ShopifyStatusError ? error.status : undefined,
    message: error.message,
    userErrors: error instanceof ShopifyUserError ? error.userErrors : [],
  });
}
