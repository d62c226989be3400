import { GraphQLError } from "graphql";
import { accessDenied, hasAnyScope, type AdminContext } from "./admin-context.ts";
import { readAdminScopes } from "./admin-schema.ts";
import { readableOrder } from "./order-resolvers.ts";
import { toInventoryItem } from "./catalogue-resolvers.ts";

/**
 * The record behind a gid, or null if the shop has none.
 *
 * @throws GraphQLError for a text that is not a gid, or a type that the token cannot read
 */
export function findNode(gid: string, context: AdminContext): unknown {
  const type = /^gid:\/\/shopify\/(\w+)\/\w/.exec(gid)?.[1];
  if (type === undefined) {
    throw new GraphQLError(`Invalid global id '${gid}'`, {
      extensions: { code: "argumentLiteralsIncompatible" },
    });
  }
  const wanted = readAdminScopes().get(type);
  if (wanted && !hasAnyScope(context.scopes, wanted)) throw accessDenied("node", wanted);
  const { catalogue, orders, app } = context.state;
  if (gid === context.state.gid) return { __typename: "Shop" };
  if (gid === app.installationGid) return { __typename: "AppInstallation", gid };
  switch (type) {
    case "Product":
      return catalogue.products.get(gid) ?? null;
    case "ProductVariant":
      return catalogue.variants.get(gid) ?? null;
    case "InventoryItem": {
      const variant = catalogue.findVariantByInventoryItem(gid);
      return variant && toInventoryItem(variant);
    }
    case "Collection":
      return catalogue.collections.get(gid) ?? null;
    case "Order":
      return readableOrder(orders.orders.get(gid), context);
    case "DiscountAutomaticNode":
    case "DiscountNode":
      return app.discounts.get(gid.replace("/DiscountNode/", "/DiscountAutomaticNode/")) ?? null;
    case "WebPixel":
      return app.webPixel?.gid === gid ? app.webPixel : null;
    case "Metafield":
      return [...app.metafields.values()].find((metafield) => metafield.gid === gid) ?? null;
    case "BulkOperation":
      return context.bulk.find(gid);
    default:
      return null;
  }
}
