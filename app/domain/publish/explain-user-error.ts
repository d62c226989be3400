/** One of Shopify's `userErrors`. */
export interface UserErrorText {
  readonly code: string | null;
  readonly message: string;
}

/** A failed call, as much of it as explains it. */
export interface Refusal {
  readonly kind: "throttled" | "unreachable" | "refused";
  /** HTTP status, where that told it. */
  readonly status?: number | undefined;
  readonly message: string;
  readonly userErrors: readonly UserErrorText[];
}

const AGAIN = "It is tried again by itself.";
const BUSY = `Shopify is busy with other work for this shop. ${AGAIN}`;

/** Codes that mean the same wherever they occur, with what the merchant can do. */
const BY_CODE: Readonly<Record<string, string>> = {
  MAX_APP_DISCOUNTS:
    "All 25 places that Shopify gives the discounts of apps are taken. End one under Discounts; the offers then appear by themselves.",
  EXCEEDED_MAX:
    "All 25 places that Shopify gives the discounts of apps are taken. End one under Discounts; the offers then appear by themselves.",
  TAKEN:
    "Another discount of this name is in the way. Rename or end the discount “Bundle offer” under Discounts.",
  APP_NOT_AUTHORIZED:
    "The app lacks a permission. Open it in your admin and accept what Shopify asks for there.",
  INVALID_VALUE: "One of its products no longer exists in the shop",
  INVALID_TYPE:
    "Another definition of the offers' metafields is in the way. Delete it under Settings, Custom data.",
  TOO_LONG: "Its title is longer than Shopify takes. Shorten it.",
  LESS_THAN_OR_EQUAL_TO: `More was sent at once than Shopify takes. ${AGAIN}`,
  OPERATION_IN_PROGRESS: BUSY,
  LIMIT_REACHED: BUSY,
  INTERNAL_ERROR: `Shopify had a fault of its own. ${AGAIN}`,
  NO_EXTENSION:
    "The app's pixel is not released yet. Offers work without it; visits are counted from then on.",
  MISSING_FUNCTION_IDENTIFIER:
    "The app's discount is not released yet. Nothing is wrong with your shop; please write to us.",
};

/** Messages that Shopify gives under codes of many meanings, or without one. */
const BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/owner (does not exist|not found)/i, "Its first product no longer exists in the shop"],
  [
    /function .*not found/i,
    "The app's discount is not released yet. Nothing is wrong with your shop; please write to us.",
  ],
  [/access denied/i, BY_CODE["APP_NOT_AUTHORIZED"]!],
  [/title must be unique/i, BY_CODE["TAKEN"]!],
  [/non-?existent resource/i, BY_CODE["INVALID_VALUE"]!],
];

const BY_STATUS: Readonly<Record<number, string>> = {
  401: `Shopify did not accept the app's key, which is renewed now. ${AGAIN}`,
  402: "Shopify has frozen this shop until its bill is paid. The offers follow by themselves.",
  403: BY_CODE["APP_NOT_AUTHORIZED"]!,
  423: "Shopify has locked this shop. The offers follow by themselves when it is open again.",
};

/** One `userError` in the merchant's words; one that no table knows keeps Shopify's own sentence. */
export function explainUserError({ code, message }: UserErrorText): string {
  // The sentence is narrower than the code: INVALID alone is said of owners, Functions and dates.
  const told = BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
  return told ?? BY_CODE[code ?? ""] ?? `Shopify refused it: ${message}`;
}

/**
 * Why publishing failed, in words that say what the merchant can do, or that nothing need be done.
 *
 * @returns one or more whole sentences without a stop at the end where they stand in a list
 */
export function explainRefusal({ kind, status, message, userErrors }: Refusal): string {
  if (userErrors.length > 0) return [...new Set(userErrors.map(explainUserError))].join(" ");
  if (kind === "throttled") return BUSY;
  const byStatus = BY_STATUS[status ?? 0];
  if (byStatus !== undefined) return byStatus;
  if (kind === "unreachable") return `Shopify did not answer. ${AGAIN}`;
  return explainUserError({ code: null, message });
}
