import type { Db, DbClient } from "#app/data/db.server.ts";
import type { HistoryMessage } from "#app/domain/collect/collect-messages.ts";
import { DAY_MS, HOUR_MS } from "#app/domain/time.ts";
import { Prisma, type Shop } from "#app/data/generated/client.ts";
import { inputError } from "#app/process/errors.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";

/** The shop's row, installed or not; null when it was never seen or has been erased. */
export async function findShop(db: Db, shop: string) {
  return db.shop.findUnique({ where: { shop } });
}

/** Whether the shop has the app now. One that removed it has no token to ask Shopify with. */
export async function isInstalled(db: Db, shop: string): Promise<boolean> {
  const row = await findShop(db, shop);
  return row !== null && row.uninstalledAt === null;
}

/** The row of a shop that is known to be kept. @throws when it is not */
export async function readKeptShop(db: Db, shop: string) {
  return db.shop.findUniqueOrThrow({ where: { shop } });
}

/** Every shop of which something is kept, installed or not. */
export async function listKeptShops(db: Db): Promise<string[]> {
  return (await db.shop.findMany({ select: { shop: true } })).map(({ shop }) => shop);
}

/** Shops that removed the app before the instant and of which something is still kept. */
export async function listShopsUninstalledBefore(db: Db, before: Date): Promise<string[]> {
  const rows = await db.shop.findMany({ where: { uninstalledAt: { lt: before } }, select: { shop: true } });
  return rows.map(({ shop }) => shop);
}

/** Whether the workers hold a token of the shop that was good after the instant, or is good for ever. */
export async function hasTokenSince(db: Db, shop: string, since: Date): Promise<boolean> {
  const tokens = await db.session.count({
    where: { shop, isOnline: false, OR: [{ expires: null }, { expires: { gt: since } }] },
  });
  return tokens > 0;
}

/** Shopify gives every token that ends for an hour. */
const TOKEN_LIFE_MS = HOUR_MS;

/**
 * When Shopify gave the newest token that the workers hold of the shop, and so when the app was installed for certain;
 * null without one that ends.
 */
export async function findTokenGivenAt(db: Db, shop: string): Promise<Date | null> {
  const { _max } = await db.session.aggregate({ where: { shop, isOnline: false }, _max: { expires: true } });
  return _max.expires && new Date(_max.expires.getTime() - TOKEN_LIFE_MS);
}

/** Every shop's secret, as it is stored. */
export async function listShopSecrets(db: Db): Promise<{ shop: string; customerKeySecret: string }[]> {
  return db.shop.findMany({ select: { shop: true, customerKeySecret: true } });
}

/** Replaces a shop's secret if it still is the known one. Returns how many rows changed. */
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
 * Creates the shop, or revives one that was uninstalled: it keeps its secrets and settings, and its products and
 * orders are read anew. A shop that is installed is left as it is. The first installation stays known, until the row
 * is erased two days after the removal: who comes back later than that is a new shop.
 *
 * @returns whether the shop was created or revived by this call
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

/** What the row of a shop that comes back holds, whose products and orders are then read anew. */
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

/** What is noted of a shop as it comes: how far its first reading is, up to when it was read, what of ours it holds. */
interface ShopNote extends Partial<Pick<Shop, "currency" | "timeZone" | "reconciledAt" | "guideHiddenAt">> {
  /** 0 to 1. */
  readonly backfillProgress?: number;
  readonly backfillMessage?: HistoryMessage;
  /** What of the first reading is done, for an attempt that goes on after this one. */
  readonly backfillState?: Prisma.InputJsonObject;
  /** Null once they were removed from the shop. */
  readonly discountGid?: null;
  readonly webPixelGid?: null;
}

/** Notes it; of a shop that is kept no more nothing. */
export async function saveShopNote(db: Db, shop: string, note: ShopNote): Promise<void> {
  await db.shop.updateMany({ where: { shop }, data: note });
}

/** Notes that everything which Shopify held at `readAt` has been read. */
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

/** Notes the one discount of ours, and with which of the merchant's it combines. @throws when the shop is not kept */
export async function saveDiscount(
  db: Db,
  shop: string,
  noted: { discountGid: string; discountCombining: string },
): Promise<void> {
  await db.shop.update({ where: { shop }, data: noted });
}

/** Notes the web pixel, null where Shopify refused it. @throws when the shop is not kept */
export async function saveWebPixel(db: Db, shop: string, webPixelGid: string | null): Promise<void> {
  await db.shop.update({ where: { shop }, data: { webPixelGid } });
}

/**
 * Notes that the app was removed: tokens go at once, and with them what Shopify deletes on its side (the discount,
 * the pixel, the app's metafields, the plan). The autopilot is off, for it acts only on a word that was given. Orders
 * and decisions stay until `shop/redact`, for a merchant who comes back.
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
 * Notes a removal that is heard of only after the app was installed again: what went with it is gone as in
 * `saveUninstalled`, but for what the present installation has made since, and the shop is read anew.
 *
 * @param backAt when the app was certainly there again, after the removal
 */
export async function saveReturned(
  db: DbClient,
  shop: string,
  { uninstalledAt, backAt }: { uninstalledAt: Date; backAt: Date },
): Promise<void> {
  const before = { lte: uninstalledAt };
  const revived = await toRevived(db, shop, backAt);
  await db.$transaction([
    db.publishedMetafield.deleteMany({ where: { shop, publishedAt: before } }),
    db.subscription.deleteMany({ where: { shop, readAt: before } }),
    db.autopilot.updateMany({ where: { shop, onSince: before }, data: { onSince: null } }),
    db.sharedAnswer.deleteMany({ where: { shop, learnedAt: before } }),
    db.shop.updateMany({ where: { shop }, data: { ...revived, discountGid: null, webPixelGid: null } }),
  ]);
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

/** The same of a row that was read already. */
export function toSettings(shop: string, settings: unknown): ShopSettings {
  const parsed = ShopSettings.safeParse(settings);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw inputError(`The stored settings of ${shop} do not fit. ${fields.join("; ")}`);
}

/** Replaces a shop's settings. Repeats change nothing. @throws when the shop is not kept */
export async function saveSettings(db: Db, shop: string, settings: ShopSettings): Promise<void> {
  await db.shop.update({ where: { shop }, data: { settings } });
}

/** What orders so long ago say of the tax that prices hold today. */
const TAXED_DAYS = 90;

/**
 * Measures `includedTaxRatio` of the shop's settings anew by the orders in its currency, whose amounts add up; it stays as
 * it is where none of them tells of its tax.
 */
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

/** The language that anyone of the shop's staff opened the app in last; null when nobody ever did. */
export async function findMerchantLocale(db: Db, shop: string): Promise<string | null> {
  const row = await db.staffPreference.findFirst({ where: { shop }, orderBy: { savedAt: "desc" } });
  return row?.locale ?? null;
}
