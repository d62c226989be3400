import type { Deps } from "#app/deps.server.ts";
import { readProductViews } from "#app/data/browse-events.server.ts";
import { cutSessions, type Sessions } from "#app/domain/behaviour/session-log.ts";

/**
 * A shop's browsing in [from, to), cut into sessions.
 *
 * @param indexOf item key → index, of all items
 */
export async function readRunSessions(
  { pool }: Pick<Deps, "pool">,
  window: { readonly shop: string; readonly from: Date; readonly to: Date },
  indexOf: ReadonlyMap<string, number>,
): Promise<Sessions> {
  return cutSessions(await readProductViews(pool, window, indexOf), indexOf.size);
}
