import { readCustomerTrace, saveDataRequest } from "#app/data/erasures.server.ts";
import type { Deps } from "#app/deps.server.ts";
import type { CustomerSubject } from "#app/domain/collect/privacy-payload.ts";

/**
 * Answers `customers/data_request`: writes down all that is kept of one customer, for the merchant to hand on. It
 * holds order lines, times and pseudonyms; names and addresses are not kept. Idempotent per request.
 */
export async function exportCustomerData(
  { db, pool, log }: Deps,
  { shop, subject, requestedAt }: { shop: string; subject: CustomerSubject; requestedAt: Date },
): Promise<void> {
  const { requestId, customerKeys } = subject;
  const trace = await readCustomerTrace(pool, shop, subject);
  // Dates as text, as the file that the merchant receives has them.
  const answer = JSON.parse(JSON.stringify(trace)) as object;
  const customerKey = customerKeys[0] ?? null;
  await saveDataRequest(db, { shop, requestId, customerKey, requestedAt, answer });
  log.info("collect.data_exported", { shop, requestId, orders: trace.orders.length });
}
