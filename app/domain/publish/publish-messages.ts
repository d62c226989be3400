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
  "paused.collectionLarge": { products: z.number(), most: z.number() },
} as const satisfies MessageTable;
export type HeldMessage = MessageOf<typeof HELD_MESSAGES>;

/** Why Shopify did not take what was published, and what the merchant can do. */
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
/** As a shop's row keeps it. */
export const StoredProblem = messageSchema({ ...TEXT, ...PROBLEM_MESSAGES });

/** What somebody else had changed in the shop, and what was done about it. */
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

/** Why an offer is not seen beside what holds it back, and why one visitor may not see what others do. */
export const UNSEEN_MESSAGES = {
  "unseen.proposed": {},
  "unseen.planFull": {},
  "unseen.rejected": {},
  "unseen.withdrawn": {},
  "unseen.pending": {},
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
