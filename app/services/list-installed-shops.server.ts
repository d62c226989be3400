import type { Deps } from "#app/deps.server.ts";

/** The domains of the shops that have the app installed, in order. */
export async function listInstalledShops({ db }: Pick<Deps, "db">): Promise<string[]> {
  const rows = await db.shop.findMany({
    where: { uninstalledAt: null },
    select: { shop: true },
    orderBy: { shop: "asc" },
  });
  return rows.map(({ shop }) => shop);
}
