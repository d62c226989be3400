import { z } from "zod";
import { parseMinor } from "#app/domain/money.ts";
import type { Result } from "#app/domain/result.ts";

/**
 * Checks a payload and converts it. Fields outside the schema are dropped here.
 *
 * @returns reason "payload_unusable" with the first field that does not fit; the value itself is never quoted, because
 *   it can be personal
 */
export function readPayload<S extends z.ZodType, T>(
  schema: S,
  payload: unknown,
  convert: (value: z.infer<S>) => T,
): Result<T, "payload_unusable"> {
  const parsed = schema.safeParse(payload);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    return { ok: false, reason: "payload_unusable", detail: `${path.join(".") || "payload"}: ${message}` };
  }
  try {
    return { ok: true, value: convert(parsed.data) };
  } catch (error) {
    // An amount that no number holds exactly; anything else is a bug of ours.
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, reason: "payload_unusable", detail: error.message };
  }
}

/**
 * Parses JSON whose integers can exceed 2^53, as Shopify's ids do. Such integers become strings of their digits, texts
 * are converted by `toStorableText`, and all other values are as JSON.parse gives them. It rewrites the few tokens that
 * need it, because a reviver makes parsing four times as slow. Linear in the text's length, even for hostile text.
 *
 * @param text decoded from UTF-8, so that a lone surrogate in it can only be an escaped one
 * @throws SyntaxError if the text is not JSON
 */
export function parseJsonKeepingIds(text: string): unknown {
  return JSON.parse(MAY_NEED_REWRITING.test(text) ? rewrite(text) : text);
}

const MAY_NEED_REWRITING = /\\u|\d{16}/;
/** 2^53 has 16 digits. */
const LONG_INTEGER = /(?<![\d.eE+-])-?[1-9]\d{15,}(?=\s*(?:[,\]}]|$))/g;

/** Skips strings whole, so that digits within one are not taken for a number. */
function rewrite(text: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    const end = quote === -1 ? text.length : quote;
    const between = text.slice(at, end);
    parts.push(
      between.replace(LONG_INTEGER, (digits) =>
        Number.isSafeInteger(Number(digits)) ? digits : `"${digits}"`,
      ),
    );
    if (quote === -1) break;
    at = findStringEnd(text, quote);
    const token = text.slice(quote, at);
    parts.push(token.includes("\\u") ? JSON.stringify(toStorableText(JSON.parse(token) as string)) : token);
  }
  return parts.join("");
}

/** Index after the closing quote of the string that opens here; the text's length if it is never closed. */
function findStringEnd(text: string, open: number): number {
  for (let quote = text.indexOf('"', open + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

/** Replaces each NUL and each lone surrogate by U+FFFD; JSON allows them, PostgreSQL refuses them. */
function toStorableText(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, "\uFFFD");
}

/** A count or a position that fits a 32-bit column; no shop needs a larger one. */
export const Int32 = z
  .number()
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1);

export const Units = Int32.min(0);

export const Gid = z.string().regex(/^gid:\/\/shopify\/[A-Za-z]{1,40}\/[\w-]{1,40}$/);

/** A numeric REST id, stored as its digits. */
export const NumericId = z
  .union([z.number().int().nonnegative(), z.string().regex(/^\d{1,20}$/)])
  .transform(String);

/** First and last year in which a timestamp column and its text form agree with JavaScript's. */
const [MIN_MS, MAX_MS] = [0, Date.UTC(9999, 11, 31)];

/** Shopify's timestamp with any offset, as the same instant in UTC. */
export const Instant = z.iso
  .datetime({ offset: true })
  .refine(
    (text) => Date.parse(text) >= MIN_MS && Date.parse(text) < MAX_MS,
    "a year from 1970 to 9998 is expected",
  )
  .transform((text) => new Date(text).toISOString());

/** A decimal amount: a string, or a plain number such as refunds' `subtotal`. */
export const Decimal = z.union([z.string().regex(/^-?\d+(\.\d+)?$/), z.number()]).transform(String);

/** A price, at least 0. */
export const Price = Decimal.refine((decimal) => !decimal.startsWith("-"), "a price is not negative");

/** An amount as webhooks carry it next to its plain form; the app counts in shop money. */
export const MoneySet = z.object({
  shop_money: z.object({ amount: Decimal, currency_code: z.string().length(3).nullish() }),
});

type GidKind =
  | "Collection"
  | "Customer"
  | "InventoryItem"
  | "LineItem"
  | "Order"
  | "Product"
  | "ProductVariant"
  | "Refund";

/** Global id of a REST resource: ("Order", "42") → "gid://shopify/Order/42". */
export function toGid(kind: GidKind, numericId: string): string {
  return `gid://shopify/${kind}/${numericId}`;
}

/**
 * Minor units of a decimal that its schema has already accepted.
 *
 * @throws RangeError beyond ±(2^53 − 1), up to which every sum and price is exact
 */
export function toMinor(decimal: string, currency: string): number {
  const minor = parseMinor(decimal, currency);
  if (minor === null || !Number.isSafeInteger(minor)) {
    throw new RangeError(`the amount ${decimal} ${currency} is out of range`);
  }
  return minor;
}

/**
 * Checks a sum of amounts and returns it.
 *
 * @throws RangeError as `toMinor`
 */
export function toSafeMinor(minor: number): number {
  if (!Number.isSafeInteger(minor)) throw new RangeError("an amount is out of range");
  return minor;
}

/**
 * Tax included in the price of a line, minor units: the sum of its taxes if prices include tax, else 0.
 *
 * @param isIncluded whether prices of the order include tax
 * @returns at least 0; undefined if the message does not say
 */
export function toIncludedTax(
  taxes: readonly string[],
  isIncluded: boolean | null | undefined,
  currency: string,
): number | undefined {
  if (typeof isIncluded !== "boolean") return undefined;
  const minor = taxes.reduce((sum, decimal) => sum + toMinor(decimal, currency), 0);
  return isIncluded ? toSafeMinor(Math.max(0, minor)) : 0;
}
