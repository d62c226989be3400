import type { MessageOf, MessageTable } from "#app/domain/message.ts";

/** What a training is at. */
export const TRAINING_MESSAGES = {
  "train.earlier": {},
  "train.before": {},
  "train.carts": {},
  "train.productPages": {},
  "train.all": {},
  "train.partners": {},
  "train.done": {},
} as const satisfies MessageTable;
export type TrainingMessage = MessageOf<typeof TRAINING_MESSAGES>;
