import { z } from "zod";
import { requestGraphql, type AdminGraphql } from "./graphql-request.ts";
import type { Log } from "#app/process/log.server.ts";

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
