import { createHash } from "node:crypto";

/** Escapes a text for LIKE: `%` and `_` match only themselves. */
export function toLiteralPattern(text: string): string {
  return text.replaceAll(/[\\%_]/g, "\\$&");
}

/** The app's own constants as the list of an SQL `IN`: `'approved', 'published'`. Never for user input. */
export function toSqlList(constants: readonly string[]): string {
  return constants.map((constant) => `'${constant.replaceAll("'", "''")}'`).join(", ");
}

/** A row with numbers for bigints. Every amount was a safe integer when written, so a number holds it exactly. */
export type InNumbers<T> = {
  [K in keyof T]: T[K] extends bigint ? number : T[K] extends bigint | null ? number | null : T[K];
};

/** Converts the 64-bit columns of a row, which are money, from the bigints of Prisma to numbers. */
export function inNumbers<T extends object>(row: T): InNumbers<T> {
  const numbers = { ...row } as Record<string, unknown>;
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === "bigint") numbers[name] = Number(value);
  }
  return numbers as InNumbers<T>;
}

/** SQL condition that the new row is not older. `updated_at` has seconds; within one, the webhook's instant decides. */
export function isNotOlder(table: string): string {
  return (
    `(${table}."sourceUpdatedAt", COALESCE(${table}."sourceTriggeredAt", '-infinity')) ` +
    `<= (EXCLUDED."sourceUpdatedAt", COALESCE(EXCLUDED."sourceTriggeredAt", '-infinity'))`
  );
}

/** Digest of a message, to distinguish another message of the same moment from a repeat. */
export function toSourceDigest(event: object): string {
  return createHash("sha256").update(JSON.stringify(event)).digest("base64url").slice(0, 22);
}

/** A message and when Shopify raised it, or when the reading of the API began; null for an import. */
export interface Reported<T> {
  readonly event: T;
  readonly reportedAt: Date | null;
}

/**
 * The latest message on each thing, by the rule of `isNotOlder`; of the same moment, the last of the list.
 *
 * @returns `undecided`: things with two different messages of the latest moment; only the API can say which is right
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

/** Condition that order o is in the shop's present currency; amounts in an earlier one do not add up. $1 shop. */
export const IN_OWN_CURRENCY = `o."currency" = (SELECT own."currency" FROM "Shop" own WHERE own."shop" = $1)`;

/** Shopify gives an app the orders of the 60 days before its installation; one more day covers time zones. */
const API_WINDOW_DAYS = 61;

/**
 * The instant from which Shopify reports every order of a shop: the start of its window before the first installation.
 * Orders reported then are kept when the shop comes back, and orders of the up to two days between are read at its
 * return. After an erasure by the owner, Shopify reports only changes of the time before. $1 shop.
 */
export const WHOLE_FROM = `
  SELECT greatest(COALESCE(s."firstInstalledAt", s."installedAt") - interval '${API_WINDOW_DAYS} days', e."askedAt") AS at
  FROM "Shop" s LEFT JOIN "Erasure" e ON e."shop" = s."shop" AND e."askedAt" >= s."installedAt"
  WHERE s."shop" = $1`;

/**
 * Condition that leaves out the orders o from before `WHOLE_FROM` that Shopify reports anyway, for example when one
 * changes, if a file has orders of that time: the file has these, too, under other ids. $1 shop.
 */
export const EACH_ORDER_ONCE = `(o."source" <> 'shopify' OR o."placedAt" >= COALESCE((
  SELECT whole.at FROM (${WHOLE_FROM}) whole WHERE EXISTS (
    SELECT FROM "Order" f WHERE f."shop" = $1 AND f."source" = 'import' AND f."placedAt" < whole.at)), '-infinity'))`;
