import { AppError } from "#app/process/errors.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import type { Db } from "#app/data/db.server.ts";

/**
 * A shop's settings, with the default of every field that the merchant never set.
 *
 * @throws AppError input_invalid when the shop is unknown or a stored value is out of its range
 */
export async function readSettings(db: Pick<Db, "shop">, shop: string): Promise<ShopSettings> {
  const row = await db.shop.findUnique({ where: { shop }, select: { settings: true } });
  if (!row) throw new AppError("input_invalid", `${shop} has not installed the app`, false);
  return toSettings(shop, row.settings);
}

/** The same of a row that was read already. */
export function toSettings(shop: string, settings: unknown): ShopSettings {
  const parsed = ShopSettings.safeParse(settings);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new AppError(
    "input_invalid",
    `The stored settings of ${shop} do not fit. ${fields.join("; ")}`,
    false,
  );
}

/** Replaces a shop's settings. Repeats change nothing. Returns false when the shop is unknown. */
export async function saveSettings(
  db: Pick<Db, "shop">,
  shop: string,
  settings: ShopSettings,
): Promise<boolean> {
  const { count } = await db.shop.updateMany({ where: { shop }, data: { settings } });
  return count > 0;
}
