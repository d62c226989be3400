import { findVisitDraw } from "#app/data/experiment/experiment.server.ts";
import { toSettings } from "#app/data/shops/shops.server.ts";
import { armOf, type Arm } from "#app/domain/evaluate/proof/holdout.ts";
import type { Result } from "#app/domain/result.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { openShopSecret } from "#app/services/install/shop-secret.server.ts";
import { writeVisitTicket } from "./visit-ticket.server.ts";

/** Decides whether a sender can have another ticket of a shop, and counts it. */
export interface TicketLimiter {
  takeTicket(
    shop: string,
    /** Null if unknown. */
    address: string | null,
    drawn: { readonly arm: Arm; readonly holdoutRatio: number },
  ): Promise<boolean>;
}

/**
 * Step 1, collect: the ticket with which a visitor counts for the proof. Draws its arm from the visitor's key, the
 * shop's salt and the holdout share last published to the storefront; the browser has no say.
 *
 * @returns reason "too_many" if the sender's network has used up its allowance, or its visitors are drawn unlike others
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
