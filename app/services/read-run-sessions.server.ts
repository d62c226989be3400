import type { Deps } from "#app/deps.server.ts";
import { readProductViews } from "#app/data/browse-events.server.ts";
import { cutSessions, type Sessions } from "#app/domain/behaviour/session-log.ts";

/**
 * A shop's browsing in [from, to), cut into sessions.
 *
 * @param indexOf variant gid → index of its item
 * @param items number of all items
 */
export async function readRunSessions(
  { pool }: Pick<Deps, "pool">,
  window: { readonly shop: string; readonly from: Date; readonly to: Date },
  { indexOf, items }: { readonly indexOf: ReadonlyMap<string, number>; readonly items: number },
): Promise<Sessions> {
  return cutSessions(await readProductViews(pool, window, indexOf), items);
}
