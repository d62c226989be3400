import { holdInstalledShopRow, type Db, type DbClient } from "#app/data/db.server.ts";
import { ShopAnswer } from "#app/domain/propose/profit/other-shops.ts";
import { readSettings } from "./shops.server.ts";

/** This many cost a run a third of a second. */
const MOST_SHOPS = 1_000;

/** Answers of the installation's other shops that agreed to share, the latest ones, in an order that hides the shop. */
export async function listOthersAnswers(db: Db, shop: string): Promise<ShopAnswer[]> {
  const rows = await db.sharedAnswer.findMany({
    where: { shop: { not: shop } },
    select: { answer: true },
    orderBy: { learnedAt: "desc" },
    take: MOST_SHOPS,
  });
  return rows.map(({ answer }) => ShopAnswer.parse(answer)).sort((a, b) => (String(a) < String(b) ? -1 : 1));
}

/** Saves a shop's shared answer in place of its earlier one. Deletes it if it is null or the shop no longer agrees. */
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

export async function deleteSharedAnswer(tx: Db, shop: string): Promise<void> {
  await tx.sharedAnswer.deleteMany({ where: { shop } });
}
