import { z } from "zod";
import { requestGraphql, type AdminGraphql, type RequestOptions } from "./graphql-request.ts";

export const READ_DISCOUNTS_OPERATION = `#graphql
  query ReadDiscounts($after: String) {
    discountNodes(first: 100, after: $after, query: "method:automatic") {
      nodes {
        id
        discount { __typename ... on DiscountAutomaticApp { title status appDiscountType { appKey } } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }`;

const Answer = z.object({
  discountNodes: z.object({
    nodes: z.array(
      z.object({
        id: z.string(),
        discount: z.object({
          __typename: z.string(),
          title: z.string().optional(),
          status: z.string().optional(),
          appDiscountType: z.object({ appKey: z.string() }).optional(),
        }),
      }),
    ),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});

export interface AppDiscount {
  readonly discountGid: string;
  readonly isActive: boolean;
}

/**
 * Our own automatic app discounts in the shop, oldest first; there should be one.
 *
 * @param appKey the app's client id: other apps may use the same title
 */
export async function readOwnDiscounts(
  graphql: AdminGraphql,
  appKey: string,
  options: Omit<RequestOptions<unknown>, "schema">,
): Promise<AppDiscount[]> {
  const own: AppDiscount[] = [];
  let after: string | null = null;
  do {
    const { discountNodes }: z.infer<typeof Answer> = await requestGraphql(
      graphql,
      READ_DISCOUNTS_OPERATION,
      { after },
      { ...options, schema: Answer },
    );
    for (const { id, discount } of discountNodes.nodes) {
      if (discount.__typename !== "DiscountAutomaticApp" || discount.appDiscountType?.appKey !== appKey)
        continue;
      own.push({ discountGid: id, isActive: discount.status === "ACTIVE" });
    }
    after = discountNodes.pageInfo.hasNextPage ? discountNodes.pageInfo.endCursor : null;
  } while (after !== null);
  return own;
}
