import { z } from "zod";
import { messageSchema, TEXT, type MessageOf, type MessageTable } from "#app/domain/message.ts";
import { HELD_MESSAGES, PROBLEM_MESSAGES } from "#app/domain/publish/publish-messages.ts";
import { DECISION_MESSAGES } from "#app/domain/validate/validate-messages.ts";

const title = z.string();
const number = z.number();

/** Why the autopilot hid an offer; only what it hid itself does it bring back. */
export const HOLD_KINDS = ["loser", "stock", "season", "limits"] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];

/** Why the autopilot did what it did. */
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
/** As an entry of the log keeps it. */
export const StoredSteering = messageSchema({ ...TEXT, ...STEERING_MESSAGES });

/** Why a bundle waits or stands still: whoever put it there said so. */
export const PausedReason = messageSchema({
  ...TEXT,
  ...DECISION_MESSAGES,
  ...HELD_MESSAGES,
  ...PROBLEM_MESSAGES,
  ...STEERING_MESSAGES,
});
export type PausedReason = z.infer<typeof PausedReason>;
