import { z } from "zod";
import { messageSchema, TEXT, type MessageOf, type MessageTable } from "#app/domain/message.ts";

const title = z.string();
const count = z.number();

/** Why an approved bundle is not offered now. */
export const HELD_MESSAGES = {
  "paused.early": {},
  "paused.fewProducts": {},
  "paused.fewToChoose": { choices: z.number(), units: z.number() },
  "paused.notForSale": { product: title },
  "paused.outOfStock": { product: title },
  "paused.enoughOffers": { product: title, count },
  "paused.noRoom": { product: title, count },
  "paused.over": {},
  "paused.off": {},
  "paused.discountOff": {},
  "paused.withheldByRollout": { rollout: title },
  "paused.collectionGone": {},
  "paused.amountHigh": {},
  "paused.otherCurrency": { currency: z.string() },
  "paused.collectionLarge": { products: z.number(), most: z.number() },
} as const satisfies MessageTable;
export type HeldMessage = MessageOf<typeof HELD_MESSAGES>;

/** Holds that somebody asked for, and holds that affect every offer at once and are reported for the whole shop. */
export const EXPECTED_HOLDS = [
  "paused.early",
  "paused.enoughOffers",
  "paused.off",
  "paused.discountOff",
  "paused.withheldByRollout",
] as const satisfies readonly HeldMessage["code"][];

/** Why Shopify refused what was published, and what the merchant can do. */
export const PROBLEM_MESSAGES = {
  "publish.placesTaken": {},
  "publish.nameTaken": {},
  "publish.noPermission": {},
  "publish.productGone": {},
  "publish.firstGone": {},
  "publish.otherDefinition": {},
  "publish.titleTooLong": {},
  "publish.tooMuch": {},
  "publish.shopifyFault": {},
  "publish.pixelUnreleased": {},
  "publish.discountUnreleased": {},
  "publish.keyRefused": {},
  "publish.frozen": {},
  "publish.locked": {},
  "publish.busy": {},
  "publish.noAnswer": {},
  "publish.refused": { message: z.string() },
} as const satisfies MessageTable;
export type ProblemMessage = MessageOf<typeof PROBLEM_MESSAGES>;
/** As stored in a shop's row. */
export const StoredProblem = messageSchema({ ...TEXT, ...PROBLEM_MESSAGES });

/** What somebody else changed in the shop, and what was done about it. */
export const DRIFT_MESSAGES = {
  "drift.discountMissing": {},
  "drift.discountOff": {},
  "drift.discountChanged": {},
  "drift.pixelMissing": {},
  "drift.pixelChanged": {},
  "drift.offerMissing": { count },
  "drift.offerChanged": { count },
  "drift.settingsChanged": {},
  "drift.themeChanged": {},
} as const satisfies MessageTable;
export type DriftMessage = MessageOf<typeof DRIFT_MESSAGES>;

/** Why an offer is not seen, in addition to its holds, and why one visitor can miss what others see. */
export const UNSEEN_MESSAGES = {
  "unseen.proposed": {},
  "unseen.planFull": {},
  "unseen.rejected": {},
  "unseen.withdrawn": {},
  "unseen.pending": {},
  "unseen.savesNothing": {},
  "unseen.discountMissing": {},
  "unseen.noPlace": { theme: title },
  "unseen.themeChanged": { theme: title },
  "unseen.countries": { countries: z.string() },
  "unseen.cartOnly": {},
  "unseen.firstOnly": { product: title },
  "unseen.combined": {},
  "unseen.heldOut": { shareRatio: z.number() },
} as const satisfies MessageTable;
export type UnseenMessage = MessageOf<typeof UNSEEN_MESSAGES>;

interface UserErrorText {
  readonly code: string | null;
  readonly message: string;
}

/** A failed call, reduced to what explains it. */
interface Refusal {
  readonly kind: "throttled" | "unreachable" | "refused";
  /** HTTP status, if the call got one. */
  readonly status?: number | undefined;
  readonly message: string;
  readonly userErrors: readonly UserErrorText[];
}

/** Problems without values. */
type Stated = Exclude<ProblemMessage["code"], "publish.refused">;

/** Codes with one meaning everywhere. */
const BY_CODE: ReadonlyMap<string, Stated> = new Map([
  ["MAX_APP_DISCOUNTS", "publish.placesTaken"],
  ["EXCEEDED_MAX", "publish.placesTaken"],
  ["TAKEN", "publish.nameTaken"],
  ["APP_NOT_AUTHORIZED", "publish.noPermission"],
  ["INVALID_VALUE", "publish.productGone"],
  ["INVALID_TYPE", "publish.otherDefinition"],
  ["TOO_LONG", "publish.titleTooLong"],
  ["LESS_THAN_OR_EQUAL_TO", "publish.tooMuch"],
  ["OPERATION_IN_PROGRESS", "publish.busy"],
  ["LIMIT_REACHED", "publish.busy"],
  ["INTERNAL_ERROR", "publish.shopifyFault"],
  ["NO_EXTENSION", "publish.pixelUnreleased"],
  ["MISSING_FUNCTION_IDENTIFIER", "publish.discountUnreleased"],
]);

/** Messages that Shopify gives under ambiguous codes, or without one. */
const BY_MESSAGE: readonly (readonly [RegExp, Stated])[] = [
  [/owner (does not exist|not found)/i, "publish.firstGone"],
  [/function .*not found/i, "publish.discountUnreleased"],
  [/access denied/i, "publish.noPermission"],
  [/title must be unique/i, "publish.nameTaken"],
  [/non-?existent resource/i, "publish.productGone"],
];

const BY_STATUS: ReadonlyMap<number, Stated> = new Map([
  [401, "publish.keyRefused"],
  [402, "publish.frozen"],
  [403, "publish.noPermission"],
  [423, "publish.locked"],
]);

/** One `userError` for the merchant; an unknown one keeps Shopify's own sentence. */
export function explainUserError({ code, message }: UserErrorText): ProblemMessage {
  // The sentence is narrower than the code: INVALID alone is used for owners, Functions and dates.
  const stated = BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1] ?? BY_CODE.get(code ?? "");
  return stated ? { code: stated, values: {} } : { code: "publish.refused", values: { message } };
}

/** Why publishing failed: messages that say what the merchant can do, or that nothing needs to be done. */
export function explainRefusal({ kind, status, message, userErrors }: Refusal): ProblemMessage[] {
  if (userErrors.length > 0) return withoutRepeats(userErrors.map(explainUserError));
  if (kind === "throttled") return [{ code: "publish.busy", values: {} }];
  const byStatus = BY_STATUS.get(status ?? 0);
  if (byStatus !== undefined) return [{ code: byStatus, values: {} }];
  if (kind === "unreachable") return [{ code: "publish.noAnswer", values: {} }];
  return [explainUserError({ code: null, message })];
}

function withoutRepeats(messages: readonly ProblemMessage[]): ProblemMessage[] {
  return [...new Map(messages.map((message) => [JSON.stringify(message), message])).values()];
}
