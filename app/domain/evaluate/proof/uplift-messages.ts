import { z } from "zod";
import type { MessageOf, MessageTable } from "#app/domain/message.ts";

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
