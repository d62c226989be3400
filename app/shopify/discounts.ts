import { z } from "zod";
import type { Combining } from "#app/domain/shop-settings.ts";
import { DISCOUNT_TITLE } from "#app/domain/collect/messages/our-marks.ts";
import { requestGraphql, type AdminCalls, unlessDone } from "./graphql-request.ts";
import { toLegacyId } from "#app/domain/ids.ts";
import type { ServingRollout } from "#app/domain/publish/rollouts.ts";
import { AppError } from "#app/process/errors.ts";

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
 * @throws ShopifyUserError when Shopify refuses it, for instance because the apps of the shop already have 25 active
 *   automatic app discounts between them
 */
export async function createAutomaticAppDiscount(
  admin: AdminCalls,
  { startsAt, combinesWith }: { startsAt: Date; combinesWith: Combining },
): Promise<string> {
  const discount = {
    title: DISCOUNT_TITLE,
    functionHandle: FUNCTION_HANDLE,
    discountClasses: ["PRODUCT"],
    startsAt: startsAt.toISOString(),
    combinesWith,
  };
  const answer = await requestGraphql(admin, DISCOUNT_AUTOMATIC_APP_CREATE_OPERATION, { discount }, Answer);
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
 * Changes which other discounts ours combines with. Does not switch it on.
 *
 * @throws ShopifyUserError when it is gone
 */
export async function updateAutomaticAppDiscount(
  admin: AdminCalls,
  { discountGid, combinesWith }: { discountGid: string; combinesWith: Combining },
): Promise<void> {
  const variables = { id: discountGid, discount: { combinesWith } };
  await requestGraphql(admin, DISCOUNT_AUTOMATIC_APP_UPDATE_OPERATION, variables);
}

export const DISCOUNT_AUTOMATIC_ACTIVATE_OPERATION = `#graphql
  mutation DiscountAutomaticActivate($id: ID!) {
    discountAutomaticActivate(id: $id) {
      automaticDiscountNode { id }
      userErrors { field message code }
    }
  }`;

/**
 * Switches an automatic discount on again, from now on and without an end date.
 *
 * @throws ShopifyUserError when it is gone, or when the shop has as many active app discounts as it can
 */
export async function activateAutomaticDiscount(admin: AdminCalls, discountGid: string): Promise<void> {
  await requestGraphql(admin, DISCOUNT_AUTOMATIC_ACTIVATE_OPERATION, { id: discountGid });
}

export const DISCOUNT_AUTOMATIC_DELETE_OPERATION = `#graphql
  mutation DiscountAutomaticDelete($id: ID!) {
    discountAutomaticDelete(id: $id) {
      deletedAutomaticDiscountId
      userErrors { field message code }
    }
  }`;

/** Deletes an automatic discount; does nothing if it is gone. */
export async function deleteAutomaticDiscount(admin: AdminCalls, discountGid: string): Promise<void> {
  await unlessDone(
    requestGraphql(admin, DISCOUNT_AUTOMATIC_DELETE_OPERATION, { id: discountGid }),
    ({ code, message }) => code === "INVALID" || /not (exist|found)/i.test(message),
  );
}

export const READ_DISCOUNTS_OPERATION = `#graphql
  query ReadDiscounts($after: String) {
    shopifyFunctions(first: 50) { nodes { id } }
    discountNodes(first: 100, after: $after, query: "method:automatic") {
      nodes {
        discount {
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

const DiscountsAnswer = z.object({
  shopifyFunctions: z.object({ nodes: z.array(z.object({ id: z.string() })) }),
  discountNodes: z.object({
    nodes: z.array(
      z.object({
        discount: z.object({
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

interface AppDiscount {
  readonly discountGid: string;
  readonly isActive: boolean;
  readonly combinesWith: Combining;
}

/**
 * Our automatic app discounts in the shop, in Shopify's order; there should be one. Identified by their Function,
 * because other apps can use the same title.
 */
export async function readOwnDiscounts(admin: AdminCalls): Promise<AppDiscount[]> {
  const own: AppDiscount[] = [];
  let after: string | null = null;
  do {
    const answer: z.infer<typeof DiscountsAnswer> = await requestGraphql(
      admin,
      READ_DISCOUNTS_OPERATION,
      { after },
      DiscountsAnswer,
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

export const READ_ROLLOUTS_OPERATION = `#graphql
  query ReadRollouts($after: String, $changes: String!) {
    rollouts(first: 20, after: $after, query: "status:ACTIVE") {
      nodes {
        id
        name
        status
        startedAt
        treatments {
          changes(first: 10, query: $changes) {
            nodes {
              __typename
              ... on RolloutDiscountChange { discount { id } }
              ... on RolloutThemeChange { theme { id } }
            }
          }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }`;

const Target = z.object({ id: z.string() }).nullish();
const Change = z.object({ __typename: z.string(), discount: Target, theme: Target });
const RolloutsAnswer = z.object({
  rollouts: z.object({
    nodes: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        status: z.enum(["ACTIVE", "ARCHIVED", "CONCLUDED", "DRAFT", "PAUSED", "SCHEDULED"]),
        startedAt: z.coerce.date().nullable(),
        treatments: z.array(z.object({ changes: z.object({ nodes: z.array(Change) }) })),
      }),
    ),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});

/**
 * The active Rollouts (the shop's own experiments): whether each withholds our discount from any buyers, and which
 * themes it shows to some. The share of buyers does not matter: one refused price is one too many.
 *
 * @param discountGid our discount; null while there is none
 * @returns null if the merchant has not granted the scope yet
 * @see https://shopify.dev/docs/apps/build/discounts/rollouts
 */
export async function readServingRollouts(
  admin: AdminCalls,
  discountGid: string | null,
): Promise<ServingRollout[] | null> {
  const ours = discountGid === null ? null : toLegacyId(discountGid);
  const changes = ["type:RolloutThemePublishChange", ...(ours === null ? [] : [`discount_id:${ours}`])];
  const serving: ServingRollout[] = [];
  let after: string | null = null;
  do {
    const answer: z.infer<typeof RolloutsAnswer> | null = await requestGraphql(
      admin,
      READ_ROLLOUTS_OPERATION,
      { after, changes: changes.join(" OR ") },
      RolloutsAnswer,
    ).catch((error: unknown) => {
      if (error instanceof AppError && /access denied/i.test(error.message)) return null;
      throw error;
    });
    if (answer === null) return null;
    for (const { id, name, status, startedAt, treatments } of answer.rollouts.nodes) {
      // Shopify ignores an unknown filter with a warning.
      if (status !== "ACTIVE") continue;
      const nodes = treatments.flatMap((treatment) => treatment.changes.nodes);
      serving.push({
        rolloutGid: id,
        name,
        startedAt,
        withholdsDiscount: nodes.some(
          ({ __typename, discount }) =>
            __typename === "RolloutDiscountExpireChange" && discount && toLegacyId(discount.id) === ours,
        ),
        themeIds: nodes.flatMap(({ theme }) => (theme ? [Number(toLegacyId(theme.id))] : [])),
      });
    }
    const { hasNextPage, endCursor }: z.infer<typeof RolloutsAnswer>["rollouts"]["pageInfo"] =
      answer.rollouts.pageInfo;
    after = hasNextPage ? endCursor : null;
  } while (after !== null);
  return serving;
}
