import type { Prisma } from "./generated/client.ts";

/** Makes whoever else locks this shop's row wait until the transaction ends, so that decisions follow each other. */
export async function holdShopRow(tx: Prisma.TransactionClient, shop: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM "Shop" WHERE shop = ${shop} FOR UPDATE`;
}

/** The same, and whether the shop is installed. */
export async function holdInstalledShopRow(tx: Prisma.TransactionClient, shop: string): Promise<boolean> {
  const rows = await tx.$queryRaw<{ shop: string }[]>`
    SELECT shop FROM "Shop" WHERE shop = ${shop} AND "uninstalledAt" IS NULL FOR UPDATE`;
  return rows.length > 0;
}
