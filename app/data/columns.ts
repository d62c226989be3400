import { createHash } from "node:crypto";

/** The text for LIKE: what PostgreSQL would take for any letters is a letter like all others to a merchant. */
export function toLiteralPattern(text: string): string {
  return text.replaceAll(/[\\%_]/g, "\\$&");
}

/** Constants of the app's own as the list behind an SQL `IN`: `'approved', 'published'`. Never for what anybody typed. */
export function toSqlList(constants: readonly string[]): string {
  return constants.map((constant) => `'${constant.replaceAll("'", "''")}'`).join(", ");
}

/** A row as the app works with it: every amount was a safe integer when it was written, so a number holds it exactly. */
export type InNumbers<T> = {
  [K in keyof T]: T[K] extends bigint ? number : T[K] extends bigint | null ? number | null : T[K];
};

/** A row whose columns of 64 bits, which are money, are numbers instead of the bigints that Prisma reads. */
export function inNumbers<T extends object>(row: T): InNumbers<T> {
  const numbers = { ...row } as Record<string, unknown>;
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === "bigint") numbers[name] = Number(value);
  }
  return numbers as InNumbers<T>;
}

/**
 * Which of two messages on the same thing is the later one: `updated_at` has seconds, so between two of one second
 * the moment decides at which Shopify raised them.
 */
export function isNotOlder(table: string): string {
  return (
    `(${table}."sourceUpdatedAt", COALESCE(${table}."sourceTriggeredAt", '-infinity')) ` +
    `<= (EXCLUDED."sourceUpdatedAt", COALESCE(EXCLUDED."sourceTriggeredAt", '-infinity'))`
  );
}

/** Fingerprint of what a message says, to tell another one of the very same moment from its repeat. */
export function toSourceDigest(event: object): string {
  return createHash("sha256").update(JSON.stringify(event)).digest("base64url").slice(0, 22);
}

/** What a message says and when Shopify raised it, or when the reading of the API began; null for an import. */
export interface Reported<T> {
  readonly event: T;
  readonly reportedAt: Date | null;
}

/**
 * Of several messages on each thing the latest, by the rule of `isNotOlder`; of one moment the last of the list.
 *
 * @returns `undecided`: things of whose latest moment two messages differ, so that only the API can say which is right
 */
export function keepLatest<T extends { readonly updatedAt: string }>(
  reported: readonly Reported<T>[],
  toKey: (event: T) => string,
): { latest: Reported<T>[]; undecided: string[] } {
  const latest = new Map<string, Reported<T>>();
  const undecided = new Set<string>();
  for (const one of reported) {
    const key = toKey(one.event);
    const known = latest.get(key);
    const order = known ? compareMoments(known, one) : -1;
    if (order > 0) continue;
    if (order < 0) undecided.delete(key);
    else if (toSourceDigest(known!.event) !== toSourceDigest(one.event)) undecided.add(key);
    latest.set(key, one);
  }
  return { latest: [...latest.values()], undecided: [...undecided] };
}

function compareMoments<T extends { readonly updatedAt: string }>(a: Reported<T>, b: Reported<T>): number {
  const updated = Date.parse(a.event.updatedAt) - Date.parse(b.event.updatedAt);
  return updated !== 0 ? updated : (a.reportedAt?.getTime() ?? 0) - (b.reportedAt?.getTime() ?? 0);
}

/** An order o in the currency that the shop has now: what was paid in one that it had before adds up to nothing. $1 shop. */
export const IN_OWN_CURRENCY = `o."currency" = (SELECT own."currency" FROM "Shop" own WHERE own."shop" = $1)`;

/** Shopify hands an app the orders of the 60 days before it was installed; a day more for time zones. */
const API_WINDOW_DAYS = 61;

/**
 * From when on Shopify tells every order of a shop: its window before the first installation, since what was told then
 * is kept when the shop comes back, and the two days that it may be away for are read at its return. Of the time before
 * the owner had all erased it tells what changes. $1 shop.
 */
export const WHOLE_FROM = `
  SELECT greatest(COALESCE(s."firstInstalledAt", s."installedAt") - interval '${API_WINDOW_DAYS} days', e."askedAt") AS at
  FROM "Shop" s LEFT JOIN "Erasure" e ON e."shop" = s."shop" AND e."askedAt" >= s."installedAt"
  WHERE s."shop" = $1`;

/**
 * Orders o without those of before that time which Shopify tells all the same, as when one changes, where a file has such
 * old orders: it has these too, under other names. $1 shop.
 */
export const EACH_ORDER_ONCE = `(o."source" <> 'shopify' OR o."placedAt" >= COALESCE((
  SELECT whole.at FROM (${WHOLE_FROM}) whole WHERE EXISTS (
    SELECT FROM "Order" f WHERE f."shop" = $1 AND f."source" = 'import' AND f."placedAt" < whole.at)), '-infinity'))`;
