import { findDataRequest, listDataRequests } from "#app/data/erasure/erasures.server.ts";
import type { Deps } from "#app/services/deps.server.ts";

/** The data requests of a shop's customers that were answered and are still kept, the newest first. */
export async function readDataRequests(
  { db }: Pick<Deps, "db">,
  { shop }: { shop: string },
): Promise<{ requestId: string; requestedAt: string }[]> {
  const requests = await listDataRequests(db, shop);
  return requests.map(({ requestId, requestedAt }) => ({
    requestId,
    requestedAt: requestedAt.toISOString(),
  }));
}

/** The answer to one request as a file for the merchant to hand on, JSON; null when there is none. */
export async function readDataRequestFile(
  { db }: Pick<Deps, "db">,
  { shop, requestId }: { shop: string; requestId: string },
): Promise<string | null> {
  const request = await findDataRequest(db, { shop, requestId });
  if (!request) return null;
  const { requestedAt, answer } = request;
  return `${JSON.stringify({ shop, requestId, requestedAt, ...(answer as object) }, null, 2)}\n`;
}
