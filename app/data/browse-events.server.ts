import type { Db } from "#app/db.server.ts";
import type { BrowseEvent } from "#app/domain/collect/browse-event.ts";

/** Saves browsing events. An event id that the shop has seen before is passed over. Returns how many were new. */
export async function saveBrowseEvents(
  db: Db,
  shop: string,
  events: readonly BrowseEvent[],
): Promise<number> {
  if (events.length === 0) return 0;
  const { count } = await db.browseEvent.createMany({
    data: events.map((event) => ({ shop, ...event })),
    skipDuplicates: true,
  });
  return count;
}

/** Forgets a shop's browsing from before the instant; returns how many events there were. */
export async function deleteBrowseEventsBefore(db: Db, shop: string, before: Date): Promise<number> {
  const { count } = await db.browseEvent.deleteMany({ where: { shop, occurredAt: { lt: before } } });
  return count;
}
