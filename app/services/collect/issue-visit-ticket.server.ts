import { findVisitDraw } from "#app/data/experiment/experiment.server.ts";
import { toSettings } from "#app/data/shops/shops.server.ts";
import { armOf, type Arm } from "#app/domain/evaluate/proof/holdout.ts";
import type { Result } from "#app/domain/result.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { openShopSecret } from "#app/services/install/shop-secret.server.ts";
import { writeVisitTicket } from "./visit-ticket.server.ts";

/** Says whether a sender may have one more ticket of a shop; counts it when it may. */
export interface TicketLimiter {
  takeTicket(
    shop: string,
    /** Null where nobody told it. */
    address: string | null,
    drawn: { readonly arm: Arm; readonly holdoutRatio: number },
  ): Promise<boolean>;
}

/**
 * Step 1, collect: the ticket that makes a visitor count for the proof. The arm in it is drawn here, from the visitor's
 * key and the shop's salt and with the share that the storefront was last told; what a browser says of it is not asked.
 *
 * @returns reason "too_many" when the sender's network had its share, or its visitors are not drawn as others are
 */
export async function issueVisitTicket(
  deps: Pick<Deps, "pool" | "secrets">,
  limiter: TicketLimiter,
  {
    shop,
    visitorKey,
    address,
    now,
  }: {
    readonly shop: string;
    readonly visitorKey: string;
    readonly address: string | null;
    readonly now: Date;
  },
): Promise<Result<string, "shop_unknown" | "too_many">> {
  const row = await findVisitDraw(deps.pool, shop);
  if (row === null) return { ok: false, reason: "shop_unknown" };
  const holdoutRatio = row.publishedRatio ?? toSettings(shop, row.settings).holdoutRatio;
  const draw = { salt: row.holdoutSalt, holdoutPermille: Math.round(holdoutRatio * 1_000) };
  const arm = armOf(visitorKey, draw);
  if (!(await limiter.takeTicket(shop, address, { arm, holdoutRatio }))) {
    return { ok: false, reason: "too_many" };
  }
  const secret = openShopSecret(deps, { ...row, shop });
  return { ok: true, value: writeVisitTicket(secret, { shop, visitorKey, nowMs: now.getTime() }, arm) };
}
