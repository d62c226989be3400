import { z } from "zod";
import type { ActualMetafield } from "#app/domain/publish/diff-metafields.ts";
import { APP_DATA_NAMESPACE, STOREFRONT_KEY } from "#app/domain/publish/storefront-offer.ts";
import { requestGraphql, type AdminGraphql, type CallOptions } from "./graphql-request.ts";
import type { Log } from "#app/process/log.server.ts";

export const READ_INSTALLATION_OPERATION = `#graphql
  query ReadInstallation($namespace: String!, $key: String!) {
    currentAppInstallation {
      id
      metafield(namespace: $namespace, key: $key) { value compareDigest }
    }
  }`;

const Answer = z.object({
  currentAppInstallation: z.object({
    id: z.string(),
    metafield: z.object({ value: z.string(), compareDigest: z.string() }).nullable(),
  }),
});

export interface Installation {
  readonly installationGid: string;
  readonly storefront: ActualMetafield | null;
}

/** The app's installation in this shop and what it tells the storefront. */
export async function readInstallation(graphql: AdminGraphql, options: CallOptions): Promise<Installation> {
  const { currentAppInstallation } = await requestGraphql(
    graphql,
    READ_INSTALLATION_OPERATION,
    { namespace: APP_DATA_NAMESPACE, key: STOREFRONT_KEY },
    { ...options, schema: Answer },
  );
  const { id, metafield } = currentAppInstallation;
  return {
    installationGid: id,
    storefront: metafield && {
      ownerGid: id,
      namespace: APP_DATA_NAMESPACE,
      key: STOREFRONT_KEY,
      ...metafield,
    },
  };
}

export const READ_SHOP_OPERATION = `#graphql
  query ReadShop {
    shop { currencyCode ianaTimezone }
  }`;

const ShopAnswer = z.object({
  shop: z.object({ currencyCode: z.string().length(3), ianaTimezone: z.string() }),
});

/** The shop's currency (ISO 4217) and time zone (IANA). */
export async function readShop(
  graphql: AdminGraphql,
  log: Log,
): Promise<{ currency: string; timeZone: string }> {
  const { shop } = await requestGraphql(graphql, READ_SHOP_OPERATION, {}, { log, schema: ShopAnswer });
  return { currency: shop.currencyCode, timeZone: shop.ianaTimezone };
}
