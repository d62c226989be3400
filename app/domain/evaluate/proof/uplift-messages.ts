import { z } from "zod";
import type { MessageOf, MessageTable } from "#app/domain/message.ts";

/** What the comparison with the holdout came to. */
export const UPLIFT_MESSAGES = {
  "uplift.nobody": {},
  "uplift.broken": {},
  "uplift.noHoldout": {},
  "uplift.thin": {},
  "uplift.notEnough": { visitors: z.number() },
  "uplift.more": {},
  "uplift.less": {},
  "uplift.same": {},
} as const satisfies MessageTable;
export type UpliftMessage = MessageOf<typeof UPLIFT_MESSAGES>;
