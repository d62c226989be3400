import { deleteLeftOutDays } from "#app/data/experiment/experiment.server.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";

/**
 * Step 8, evaluate: takes days off the record that the merchant left out, unless figures go by that they did not know
 * what these days would show.
 *
 * @returns whether it was done, with a sentence for the person who asked
 */
export async function takeDaysBack(
  { db }: Pick<Deps, "db">,
  { shop, id, now, words: { t } }: Asked & { id: string },
): Promise<{ ok: boolean; message: string }> {
  const ok = await deleteLeftOutDays(db, { shop, id, now });
  return { ok, message: t(`results:leaveOut.${ok ? "takenBack" : "kept"}`) };
}
