import type { Db, DbClient } from "#app/data/db.server.ts";
import type { HistoryMessage } from "#app/domain/collect/collect-messages.ts";
import { DAY_MS, HOUR_MS } from "#app/domain/time.ts";
import { Prisma, type Shop } from "#app/data/generated/client.ts";
import { inputError } from "#app/process/errors.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";

/** The shop's row, installed or not; null if it was never seen or is erased. */
export async function findShop(db: Db, shop: string) {
  return db.shop.findUnique({ where: { shop } });
}

/** Whether the shop has the app now. A shop that removed it has no token for Shopify. */
export async function isInstalled(db: Db, shop: string): Promise<boolean> {
  const row = await findShop(db, shop);
  return row !== null && row.uninstalledAt === null;
}

/** The row of a shop that exists. @throws if it does not */
export async function readKeptShop(db: Db, shop: string) {
  return db.shop.findUniqueOrThrow({ where: { shop } });
}

/** Every shop with a row, installed or not. */
export async function listKeptShops(db: Db): Promise<string[]> {
  return (await db.shop.findMany({ select: { shop: true } })).map(({ shop }) => shop);
}

/** Shops that removed the app before the instant and still have a row. */
export async function listShopsUninstalledBefore(db: Db, before: Date): Promise<string[]> {
  const rows = await db.shop.findMany({ where: { uninstalledAt: { lt: before } }, select: { shop: true } });
  return rows.map(({ shop }) => shop);
}

/** Whether the workers have a token of the shop that was valid after the instant, or never expires. */
export async function hasTokenSince(db: Db, shop: string, since: Date): Promise<boolean> {
  const tokens = await db.session.count({
    where: { shop, isOnline: false, OR: [{ expires: null }, { expires: { gt: since } }] },
  });
  return tokens > 0;
}

/** Shopify issues every token that expires for an hour. */
const TOKEN_LIFE_MS = HOUR_MS;

/** When Shopify issued the workers' newest token, so the app was installed then; null without one that expires. */
export async function findTokenGivenAt(db: Db, shop: string): Promise<Date | null> {
  const { _max } = await db.session.aggregate({ where: { shop, isOnline: false }, _max: { expires: true } });
  return _max.expires && new Date(_max.expires.getTime() - TOKEN_LIFE_MS);
}

/** Every shop's secret, as stored. */
export async function listShopSecrets(db: Db): Promise<{ shop: string; customerKeySecret: string }[]> {
  return db.shop.findMany({ select: { shop: true, customerKeySecret: true } });
}

/** Replaces a shop's secret if it is still the known one. Returns the number of rows changed. */
export async function replaceShopSecret(
  db: Db,
  shop: string,
  { known, renewed }: { known: string; renewed: string },
): Promise<number> {
  const { count } = await db.shop.updateMany({
    where: { shop, customerKeySecret: known },
    data: { customerKeySecret: renewed },
  });
  return count;
}

type NewShop = Pick<
  Shop,
  "shop" | "currency" | "timeZone" | "customerKeySecret" | "holdoutSalt" | "installedAt"
>;

/**
 * Creates the shop, or revives one that was uninstalled: it keeps its secrets and settings, and its products and orders
 * are read again. An installed shop stays as it is. The first installation stays known until the row is erased two days
 * after the removal; a shop that comes back later is a new shop.
 *
 * @returns whether this call created or revived the shop
 */
export async function saveInstalledShop(db: Db, row: NewShop): Promise<boolean> {
  const { shop, currency, timeZone, installedAt } = row;
  const created = await db.shop.createMany({ data: [row], skipDuplicates: true });
  if (created.count > 0) return true;
  const revived = await db.shop.updateMany({
    where: { shop, uninstalledAt: { not: null } },
    data: { currency, timeZone, ...(await toRevived(db, shop, installedAt)) },
  });
  return revived.count > 0;
}

/** Fields of the row of a shop that comes back; its products and orders are then read again. */
async function toRevived(db: Db, shop: string, installedAt: Date) {
  const former = await db.shop.findUnique({
    where: { shop },
    select: { installedAt: true, firstInstalledAt: true },
  });
  return {
    installedAt,
    firstInstalledAt: former?.firstInstalledAt ?? former?.installedAt ?? null,
    uninstalledAt: null,
    backfilledAt: null,
    backfillProgress: 0,
    backfillMessage: Prisma.DbNull,
    backfillState: {},
    reconciledAt: null,
  };
}

/** Changes to a shop's row: progress of the first reading, the latest reading, the app's objects in the shop. */
interface ShopNote extends Partial<Pick<Shop, "currency" | "timeZone" | "reconciledAt" | "guideHiddenAt">> {
  /** 0 to 1. */
  readonly backfillProgress?: number;
  readonly backfillMessage?: HistoryMessage;
  /** Completed parts of the first reading, so that a later attempt can resume. */
  readonly backfillState?: Prisma.InputJsonObject;
  /** Null once removed from the shop. */
  readonly discountGid?: null;
  readonly webPixelGid?: null;
}

/** Saves a note; does nothing for a shop without a row. */
export async function saveShopNote(db: Db, shop: string, note: ShopNote): Promise<void> {
  await db.shop.updateMany({ where: { shop }, data: note });
}

/** Notes that everything that Shopify held at `readAt` has been read. */
export async function saveBackfilled(db: Db, shop: string, readAt: Date, now: Date): Promise<void> {
  await db.shop.updateMany({
    where: { shop },
    data: {
      backfilledAt: now,
      reconciledAt: readAt,
      backfillProgress: 1,
      backfillMessage: Prisma.DbNull,
      backfillState: {},
    },
  });
}

/** Installed shops whose first reading has not finished although it began before the instant. */
export async function listShopsWithoutBackfill(db: Db, installedBefore: Date): Promise<string[]> {
  const rows = await db.shop.findMany({
    where: { uninstalledAt: null, backfilledAt: null, installedAt: { lt: installedBefore } },
    select: { shop: true },
  });
  return rows.map(({ shop }) => shop);
}

/** Notes the app's one discount, and which of the merchant's it combines with. @throws if the shop has no row */
export async function saveDiscount(
  db: Db,
  shop: string,
  noted: { discountGid: string; discountCombining: string },
): Promise<void> {
  await db.shop.update({ where: { shop }, data: noted });
}

/** Notes the web pixel, null if Shopify refused it. @throws if the shop has no row */
export async function saveWebPixel(db: Db, shop: string, webPixelGid: string | null): Promise<void> {
  await db.shop.update({ where: { shop }, data: { webPixelGid } });
}

/**
 * Notes that the app was removed. Deletes the tokens, and the records of the things that Shopify deletes on its side
 * (discount, pixel, the app's metafields, plan). Switches the autopilot off, because it acts only on explicit consent.
 * Orders and decisions stay until `shop/redact`, for a merchant who comes back.
 */
export async function saveUninstalled(db: DbClient, shop: string, uninstalledAt: Date): Promise<void> {
  await db.$transaction([
    db.session.deleteMany({ where: { shop } }),
    db.publishedMetafield.deleteMany({ where: { shop } }),
    db.subscription.deleteMany({ where: { shop } }),
    db.dueWork.deleteMany({ where: { shop } }),
    db.autopilot.updateMany({ where: { shop }, data: { onSince: null } }),
    db.sharedAnswer.deleteMany({ where: { shop } }),
    db.shop.updateMany({ where: { shop }, data: { uninstalledAt, discountGid: null, webPixelGid: null } }),
  ]);
}

/**
 * Deletes the same as `saveUninstalled`, for a removal that is reported only after the app was installed again, except
 * for records of the present installation.
 */
export async function forgetRemoved(db: DbClient, shop: string, uninstalledAt: Date): Promise<void> {
  const before = { lte: uninstalledAt };
  await db.$transaction([
    db.publishedMetafield.deleteMany({ where: { shop, publishedAt: before } }),
    db.subscription.deleteMany({ where: { shop, readAt: before } }),
    db.autopilot.updateMany({ where: { shop, onSince: before }, data: { onSince: null } }),
    db.sharedAnswer.deleteMany({ where: { shop, learnedAt: before } }),
  ]);
}

/**
 * Notes that a shop came back before its removal was known, and has it read again. Call `forgetRemoved` before it.
 *
 * @param backAt instant after the removal at which the app was certainly installed again
 */
export async function saveReturned(db: Db, shop: string, backAt: Date): Promise<void> {
  const revived = await toRevived(db, shop, backAt);
  const data = { ...revived, discountGid: null, webPixelGid: null };
  await db.shop.updateMany({ where: { shop }, data });
}

/**
 * A shop's settings, with the default of every field that the merchant never set.
 *
 * @throws AppError input_invalid when the shop is unknown or a stored value is out of its range
 */
export async function readSettings(db: Db, shop: string): Promise<ShopSettings> {
  const row = await db.shop.findUnique({ where: { shop }, select: { settings: true } });
  if (!row) throw inputError(`${shop} has not installed the app`);
  return toSettings(shop, row.settings);
}

/** Parses the settings of a row that was read already. @throws as `readSettings` */
export function toSettings(shop: string, settings: unknown): ShopSettings {
  const parsed = ShopSettings.safeParse(settings);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw inputError(`The stored settings of ${shop} do not fit. ${fields.join("; ")}`);
}

/** Replaces a shop's settings. Repeats change nothing. @throws if the shop has no row */
export async function saveSettings(db: Db, shop: string, settings: ShopSettings): Promise<void> {
  await db.shop.update({ where: { shop }, data: { settings } });
}

/** Age limit of the orders that tax is measured from. */
const TAXED_DAYS = 90;

/** Measures `includedTaxRatio` from the shop's recent orders in its currency; unchanged if none reports its tax. */
export async function measureIncludedTax(db: Db, shop: string, now: Date): Promise<void> {
  const since = new Date(now.getTime() - TAXED_DAYS * DAY_MS).toISOString();
  await db.$executeRaw`
    UPDATE "Shop" s SET settings = jsonb_set(s.settings, '{includedTaxRatio}', to_jsonb(least(1, greatest(0, m.ratio))))
    FROM (
      SELECT round(sum(l."includedTaxMinor")
        / nullif(sum(l."unitPriceMinor" * l.quantity - l."discountMinor" - l."includedTaxMinor"), 0), 4) AS ratio
      FROM "Order" o JOIN "OrderLine" l ON l.shop = o.shop AND l."orderGid" = o."orderGid"
        JOIN "Shop" own ON own.shop = o.shop AND own.currency = o.currency
      WHERE o.shop = ${shop} AND o."placedAt" >= ${since}::timestamp(3) AND NOT o."isTest" AND o."cancelledAt" IS NULL
        AND NOT l."isGiftCard" AND l."includedTaxMinor" IS NOT NULL
    ) m
    WHERE s.shop = ${shop} AND m.ratio IS NOT NULL`;
}

/** The language in which any of the shop's staff last opened the app; null if nobody has. */
export async function findMerchantLocale(db: Db, shop: string): Promise<string | null> {
  const row = await db.staffPreference.findFirst({ where: { shop }, orderBy: { savedAt: "desc" } });
  return row?.locale ?? null;
}
