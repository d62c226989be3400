import { eraseCustomerRows } from "#app/data/erasures.server.ts";
import type { Deps } from "#app/deps.server.ts";
import type { CustomerSubject } from "#app/domain/collect/privacy-payload.ts";

/** Answers `customers/redact`: forgets which orders and which browsing were this customer's. Idempotent. */
export async function eraseCustomer(
  { pool, log }: Deps,
  { shop, subject, now }: { shop: string; subject: CustomerSubject; now: Date },
): Promise<void> {
  const orders = await eraseCustomerRows(pool, shop, { ...subject, erasedAt: now });
  log.info("collect.customer_erased", { shop, orders });
}
