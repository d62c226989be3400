import { z } from "zod";
import { messageSchema, TEXT, type MessageOf, type MessageTable } from "#app/domain/message.ts";

const number = z.number();

/** What a training is at. */
export const TRAINING_MESSAGES = {
  "train.earlier": {},
  "train.before": {},
  "train.histories": {},
  "train.carts": {},
  "train.productPages": {},
  "train.all": {},
  "train.allHistories": {},
  "train.partners": {},
  "train.done": {},
} as const satisfies MessageTable;
export type TrainingMessage = MessageOf<typeof TRAINING_MESSAGES>;

/** Why a candidate was not trained. */
export const UNTRAINED_MESSAGES = {
  "training.undated": {},
  "training.few": { missing: number },
  "training.costly": { billions: number, budget: number },
  "training.rare": {},
} as const satisfies MessageTable;
export type UntrainedMessage = MessageOf<typeof UNTRAINED_MESSAGES>;
/** As a model's row keeps it. */
export const StoredUntrained = messageSchema({ ...TEXT, ...UNTRAINED_MESSAGES });
