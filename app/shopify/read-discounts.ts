import { z } from "zod";
import type { Combining } from "#app/domain/publish/combining.ts";
import { requestGraphql, type AdminGraphql, type RequestOptions } from "./graphql-request.ts";

export const READ_DISCOUNTS_OPERATION = `#graphql
  query ReadDiscounts($after: String) {
    shopifyFunctions(first: 50) { nodes { id } }
    discountNodes(first: 100, after: $after, query: "method:automatic") {
      nodes {
        discount {
          __typename
          ... on DiscountAutomaticApp { 
            discountId
            status
            appDiscountType { functionId }
            combinesWith { orderDiscounts productDiscounts shippingDiscounts }
          }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }`;

const Combines = z.object({
  orderDiscounts: z.boolean(),
  productDiscounts: z.boolean(),
  shippingDiscounts: z.boolean(),
});

const Answer = z.object({
  shopifyFunctions: z.object({ nodes: z.array(z.object({ id: z.string() })) }),
  discountNodes: z.object({
    nodes: z.array(
      z.object({
        discount: z.object({
          __typename: z.string(),
          discountId: z.string().optional(),
          status: z.enum(["ACTIVE", "EXPIRED", "SCHEDULED"]).optional(),
          appDiscountType: z.object({ functionId: z.string() }).optional(),
          combinesWith: Combines.optional(),
        }),
      }),
    ),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});

export interface AppDiscount {
  readonly discountGid: string;
  readonly isActive: boolean;
  readonly combinesWith: Combining;
}

/**
 * Our own automatic app discounts in the shop, in Shopify's order; there should be one. They are told by the
 * Function behind them, because other apps may use the same title.
 */
export async function readOwnDiscounts(
  graphql: AdminGraphql,
  options: Omit<RequestOptions<unknown>, "schema">,
): Promise<AppDiscount[]> {
  const own: AppDiscount[] = [];
  let after: string | null = null;
  do {
    const answer: z.infer<typeof Answer> = await requestGraphql(
      graphql,
      READ_DISCOUNTS_OPERATION,
      { after },
      { ...options, schema: Answer },
    );
    const functions = new Set(answer.shopifyFunctions.nodes.map(({ id }) => id));
    for (const { discount } of answer.discountNodes.nodes) {
      const { discountId, appDiscountType, status, combinesWith } = discount;
      if (discountId === undefined || combinesWith === undefined) continue;
      if (!functions.has(appDiscountType?.functionId ?? "")) continue;
      own.push({ discountGid: discountId, isActive: status === "ACTIVE", combinesWith });
    }
    const { hasNextPage, endCursor } = answer.discountNodes.pageInfo;
    after = hasNextPage ? endCursor : null;
  } while (after !== null);
  return own;
}
