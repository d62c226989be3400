import { z } from "zod";
import { messageSchema, TEXT, type MessageOf, type MessageTable } from "#app/domain/message.ts";
import { HELD_MESSAGES, PROBLEM_MESSAGES } from "#app/domain/publish/publish-messages.ts";
import { DECISION_MESSAGES } from "#app/domain/validate/validate-messages.ts";

const title = z.string();
const number = z.number();

/** Why the autopilot paused an offer; it brings back only what it paused itself. */
export const HOLD_KINDS = ["loser", "stock", "season", "limits"] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];

export const STEERING_MESSAGES = {
  "paused.scarce": { product: title, days: number },
  "paused.seasonOver": {},
  "paused.loser": { visitors: number, chanceRatio: number },
  "paused.noMargin": {},
  "steered.best": {},
  "steered.tried": { discountRatio: number },
  "steered.beyond": {},
  "steered.room": {},
  "steered.enough": { product: title },
  "steered.season": {},
  "steered.related": { title },
} as const satisfies MessageTable;
export type SteeringMessage = MessageOf<typeof STEERING_MESSAGES>;
/** As stored in the decision log. */
export const StoredSteering = messageSchema({ ...TEXT, ...STEERING_MESSAGES });

/** Why a bundle waits or is paused, by the merchant, the autopilot or publishing. */
export const PausedReason = messageSchema({
  ...TEXT,
  ...DECISION_MESSAGES,
  ...HELD_MESSAGES,
  ...PROBLEM_MESSAGES,
  ...STEERING_MESSAGES,
});
export type PausedReason = z.infer<typeof PausedReason>;
