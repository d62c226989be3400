import { z } from "zod";
import type { MessageOf, MessageTable } from "#app/domain/message.ts";

const number = z.number();
const counted = { together: number, baskets: number, byChanceAbout: number };

/** Results of replaying a bundle on later orders. */
export const VERDICT_MESSAGES = {
  "verdict.held": { ...counted, lowTimes: number },
  /** For a set of three: its two products that go together least. */
  "verdict.heldPairs": { ...counted, lowTimes: number },
  "verdict.unsurePairs": counted,
  "verdict.heldSeveral": { ...counted, lowTimes: number, units: number },
  "verdict.inQuantity": { ...counted, units: number },
  "verdict.seasonal": counted,
  "verdict.substitute": counted,
  "verdict.toTry": counted,
  "refused.unseen": { ...counted, count: number },
  "refused.fell": { ...counted, lowTimes: number, highTimes: number },
  /** For more than two products, from earlier runs. */
  "refused.unseenAll": { ...counted, count: number, products: number },
  "refused.fellAll": { ...counted, lowTimes: number, highTimes: number, products: number },
  "refused.fellSeveral": { ...counted, units: number },
} as const satisfies MessageTable;
export type VerdictMessage = MessageOf<typeof VERDICT_MESSAGES>;

/** Why a proposal that later orders support cannot be shown. */
export const UNSALEABLE_MESSAGES = { "refused.notInCatalogue": {} } as const satisfies MessageTable;

/** Why a bundle is as a person decided. */
export const DECISION_MESSAGES = { "paused.byMerchant": {} } as const satisfies MessageTable;
