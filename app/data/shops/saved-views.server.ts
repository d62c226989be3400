import type { Db } from "#app/data/db.server.ts";

/** More would be no help to find one. */
const MOST_VIEWS = 20;

/** The views that a shop's staff keep, in order of name. */
export async function listSavedViews(db: Pick<Db, "savedView">, shop: string) {
  return db.savedView.findMany({
    where: { shop },
    orderBy: { name: "asc" },
    take: MOST_VIEWS,
    select: { id: true, name: true, query: true },
  });
}

/** Keeps a view by its name; one of the same name is replaced. Returns false when there are as many as may be. */
export async function saveView(
  db: Pick<Db, "savedView">,
  { shop, name, query, savedAt }: { shop: string; name: string; query: string; savedAt: Date },
): Promise<boolean> {
  const others = await db.savedView.count({ where: { shop, name: { not: name } } });
  if (others >= MOST_VIEWS) return false;
  await db.savedView.upsert({
    where: { shop_name: { shop, name } },
    create: { shop, name, query, savedAt },
    update: { query, savedAt },
  });
  return true;
}

/** Forgets a view. Returns false when the shop has none of that id. */
export async function deleteView(
  db: Pick<Db, "savedView">,
  { shop, id }: { shop: string; id: string },
): Promise<boolean> {
  const { count } = await db.savedView.deleteMany({ where: { shop, id } });
  return count > 0;
}
