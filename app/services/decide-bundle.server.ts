import type { Deps } from "#app/deps.server.ts";
import { lockBundle, saveBundleStatus } from "#app/data/bundles.server.ts";
import { findLastDecision, saveDecision } from "#app/data/decisions.server.ts";
import { holdShopRow } from "#app/data/shop-row-lock.server.ts";
import type { Result } from "#app/domain/result.ts";
import { decide, type BundleDecision } from "#app/domain/validate/decide.ts";
import { countLiveBundlesLeft } from "./count-live-bundles-left.server.ts";
import { askToPublish } from "./ask-to-publish.server.ts";

/** Why a bundle is not decided; each has a sentence for the merchant. */
export type DecisionRefusal = "not_found" | "not_possible" | "nothing_to_undo" | "plan_is_full";
const isOffered = (status: string) => status === "approved" || status === "published";

export interface DecideRequest {
  readonly shop: string;
  readonly bundleId: string;
  readonly decision: BundleDecision;
  /** A staff member's id, or `autopilot`. */
  readonly decidedBy: string;
  readonly now: Date;
}

/**
 * Carries out a merchant's decision: changes the bundle's state, logs who, when and on which evidence, and asks
 * the workers to bring the storefront to it. Nothing more goes live than the shop's plan holds. Two decisions about one
 * bundle at once are made one after the other.
 *
 * @returns the new state, and whether the workers know of it; if not, the hourly pass publishes it
 */
export async function decideBundle(
  deps: Deps,
  { shop, bundleId, decision, decidedBy, now }: DecideRequest,
): Promise<Result<{ status: string; isPublishing: boolean }, DecisionRefusal>> {
  const result = await deps.db.$transaction(
    async (tx): Promise<Result<{ status: string }, DecisionRefusal>> => {
      // The bundles of a plan are counted by one decision at a time; the shop is locked before its bundles everywhere.
      if (decision !== "pause" && decision !== "reject") await holdShopRow(tx, shop);
      const bundle = await lockBundle(tx, { shop, bundleId });
      if (!bundle) return { ok: false, reason: "not_found" };
      const last = await findLastDecision(tx, { shop, bundleId });
      const decided = decide(decision, { status: bundle.status, last });
      if (!decided.ok) return decided;
      const status = decided.value;
      if (isOffered(status) && !isOffered(bundle.status)) {
        const left = await countLiveBundlesLeft(tx, { shop, now });
        if (left === 0) return { ok: false, reason: "plan_is_full" };
      }
      const pausedReason = status === "paused" ? "Paused by the merchant" : null;
      await saveBundleStatus(tx, { shop, bundleId }, { status, pausedReason });
      const { expected, evidence, validation, discountRatio } = bundle;
      await saveDecision(tx, {
        shop,
        bundleId,
        decidedBy,
        action: decision,
        decidedAt: now,
        detail: JSON.parse(
          JSON.stringify({ from: bundle.status, to: status, discountRatio, expected, evidence, validation }),
        ),
      });
      return { ok: true, value: { status } };
    },
  );
  if (!result.ok) return result;
  deps.log.info("validate.decided", { bundleId, decision, status: result.value.status });
  const isPublishing = await askToPublish(deps, { shop, now });
  return { ok: true, value: { ...result.value, isPublishing } };
}
