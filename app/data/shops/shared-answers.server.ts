import { holdInstalledShopRow, type Db, type DbClient } from "#app/data/db.server.ts";
import { ShopAnswer } from "#app/domain/propose/profit/other-shops.ts";
import { readSettings } from "./shops.server.ts";

/** So many cost a run a third of a second. */
const MOST_SHOPS = 1_000;

/** What the other shops of the installation tell that agreed to: of many the latest, in no order that says which is whose. */
export async function listOthersAnswers(db: Db, shop: string): Promise<ShopAnswer[]> {
  const rows = await db.sharedAnswer.findMany({
    where: { shop: { not: shop } },
    select: { answer: true },
    orderBy: { learnedAt: "desc" },
    take: MOST_SHOPS,
  });
  return rows.map(({ answer }) => ShopAnswer.parse(answer)).sort((a, b) => (String(a) < String(b) ? -1 : 1));
}

/** Keeps what a shop tells others, in place of what it had stated before, if it still agrees; nothing where it is null. */
export async function saveSharedAnswer(
  db: DbClient,
  { shop, answer, learnedAt }: { shop: string; answer: ShopAnswer | null; learnedAt: Date },
): Promise<void> {
  await db.$transaction(async (tx) => {
    if (!(await holdInstalledShopRow(tx, shop))) return;
    if (answer === null || !(await readSettings(tx, shop)).learnsWithOthers)
      return deleteSharedAnswer(tx, shop);
    const row = { answer: [...answer], learnedAt };
    await tx.sharedAnswer.upsert({ where: { shop }, create: { shop, ...row }, update: row });
  });
}

/** Takes back what a shop stated to others. */
export async function deleteSharedAnswer(tx: Db, shop: string): Promise<void> {
  await tx.sharedAnswer.deleteMany({ where: { shop } });
}
