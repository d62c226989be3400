import { z } from "zod";
import { requestGraphql, type AdminCalls } from "./graphql-request.ts";

export const READ_SHOP_OPERATION = `#graphql
  query ReadShop {
    shop { currencyCode ianaTimezone }
  }`;

const ShopAnswer = z.object({
  shop: z.object({ currencyCode: z.string().length(3), ianaTimezone: z.string() }),
});

/** The shop's currency (ISO 4217) and time zone (IANA). */
export async function readShop(admin: AdminCalls): Promise<{ currency: string; timeZone: string }> {
  const { shop } = await requestGraphql(admin, READ_SHOP_OPERATION, {}, ShopAnswer);
  return { currency: shop.currencyCode, timeZone: shop.ianaTimezone };
}
