import { z } from "zod";
import { DraftProposal, type Refusal } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { messageSchema, TEXT } from "#app/domain/message.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { HELD_MESSAGES } from "#app/domain/publish/publish-messages.ts";
import { REFUSAL_MESSAGES, type RefusalMessage } from "#app/domain/propose/proposal/propose-messages.ts";
import {
  UNSALEABLE_MESSAGES,
  VERDICT_MESSAGES,
  type VerdictMessage,
} from "#app/domain/validate/validate-messages.ts";

/** A refused combination with the titles of its products. */
export const NamedRefusal = z.object({
  components: z.array(z.string()),
  reason: messageSchema({
    ...TEXT,
    ...REFUSAL_MESSAGES,
    ...VERDICT_MESSAGES,
    ...UNSALEABLE_MESSAGES,
    ...HELD_MESSAGES,
  }),
});
export type NamedRefusal = z.infer<typeof NamedRefusal>;

/** More are no use to a reader, and the report is one row of the database. */
const MAX_NAMED = 200;

/** The first refusals, with product titles instead of indexes. */
export function nameRefusals(
  refused: readonly Refusal<RefusalMessage | VerdictMessage>[],
  items: readonly Item[],
): NamedRefusal[] {
  return refused.slice(0, MAX_NAMED).map(({ components, reason }) => {
    const named = components.map((item) => items[item]!);
    const gone = named.find(({ stockUnits }) => stockUnits !== null && stockUnits <= 0);
    const isGone = reason.code === "refused.outOfStock" && gone;
    return {
      components: named.map(({ title }) => title),
      reason: isGone ? { code: "paused.outOfStock", values: { product: gone.title } } : reason,
    };
  });
}

/** What the propose job passes to the validate job. */
const RunDrafts = z.object({ drafts: z.array(DraftProposal), refused: z.array(NamedRefusal) });
type RunDrafts = z.infer<typeof RunDrafts>;

export function encodeDrafts(drafts: RunDrafts): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(drafts));
}

/** @throws ZodError when the bytes are from another version of the app */
export function decodeDrafts(bytes: Uint8Array): RunDrafts {
  return RunDrafts.parse(JSON.parse(new TextDecoder().decode(bytes)));
}
