import type { Deps } from "#app/services/deps.server.ts";
import { listOpenStretches, saveStretches } from "#app/data/bundles/stretches.server.ts";
import { followRollouts, type Stretch } from "#app/domain/publish/rollouts.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { readServingRollouts } from "#app/shopify/read-discounts.ts";

/**
 * Looks which Rollouts serve, and notes which stretches have begun and which are over.
 *
 * @param discountGid ours; null while there is none
 * @param polledAt when the last pass looked; null before the first
 * @returns the stretch in which our discount is withheld now, or null. Without the scope to look, what was noted stays
 */
export async function noteRollouts(
  { db, log }: Pick<Deps, "db" | "log">,
  { shop, graphql, now, signal }: { shop: string; graphql: AdminGraphql; now: Date; signal?: AbortSignal },
  { discountGid, polledAt }: { readonly discountGid: string | null; readonly polledAt: Date | null },
): Promise<Stretch | null> {
  const [open, serving] = await Promise.all([
    listOpenStretches(db, shop),
    readServingRollouts(graphql, discountGid, { log, signal }),
  ]);
  if (serving === null) log.warn("publish.rollouts_unread", { shop });
  const { begun, over } =
    serving === null ? { begun: [], over: [] } : followRollouts(serving, { open, polledAt, now });
  if (begun.length + over.length > 0) {
    await saveStretches(db, shop, { begun, over, now });
    log.info("publish.rollouts_changed", { shop, begun: begun.length, over: over.length });
  }
  const goingOn = [...open.filter((stretch) => !over.includes(stretch)), ...begun];
  return goingOn.find(({ kind }) => kind === "discount_withheld") ?? null;
}
