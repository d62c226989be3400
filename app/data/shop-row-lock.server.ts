import type { Prisma } from "./generated/client.ts";

/** Makes whoever else locks this shop's row wait until the transaction ends, so that decisions follow each other. */
export async function holdShopRow(tx: Prisma.TransactionClient, shop: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM "Shop" WHERE shop = ${shop} FOR UPDATE`;
}
