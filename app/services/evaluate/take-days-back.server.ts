import { deleteLeftOutDays } from "#app/data/experiment/experiment.server.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";

/**
 * Step 8, evaluate: removes left-out days from the record. Refuses days that were chosen before they began and have
 * begun since, because the merchant now knows what they show.
 *
 * @returns whether it was done, with a sentence for the merchant
 */
export async function takeDaysBack(
  { db }: Pick<Deps, "db">,
  { shop, id, now, words: { t } }: Asked & { id: string },
): Promise<{ ok: boolean; message: string }> {
  const ok = await deleteLeftOutDays(db, { shop, id, now });
  return { ok, message: t(`results:leaveOut.${ok ? "takenBack" : "kept"}`) };
}
