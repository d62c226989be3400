import { createHash } from "node:crypto";
import { z } from "zod";
import type { Deps } from "#app/services/deps.server.ts";
import {
  lockBundle,
  readVariants,
  saveBundleStatus,
  type BundleKey,
  type BundleRow,
} from "#app/data/bundles/bundles.server.ts";
import { findLastDecision, saveDecision } from "#app/data/bundles/bundle-edits.server.ts";
import { findBundle } from "#app/data/bundles/read-bundles.server.ts";
import { AUTOPILOT } from "#app/data/bundles/autopilot.server.ts";
import { type Db, holdShopRow } from "#app/data/db.server.ts";
import { readSettings } from "#app/data/shops/shops.server.ts";
import { countLiveBundlesLeft } from "#app/data/shops/subscriptions.server.ts";
import { isLive, type BundleStatus } from "#app/domain/bundle-status.ts";
import { toOfferTerms } from "#app/domain/offer/offer.ts";
import { MERCHANT_KIND } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { toCurrent, withCosts } from "#app/domain/publish/expect-now.ts";
import { listChoiceSteps } from "#app/domain/publish/price-steps.ts";
import type { Result } from "#app/domain/result.ts";
import { keepsMargin } from "#app/domain/shop-settings.ts";
import {
  changesOf,
  decide,
  wasDecidedSince,
  type BundleDecision,
  type LoggedAction,
} from "#app/domain/validate/decide.ts";
import { askToPublish, askToStartWorkflows } from "#app/services/ask-workers.server.ts";

const BY_MERCHANT = { code: "paused.byMerchant", values: {} } as const;

/** Why a bundle is not decided; each code has a sentence for the merchant. */
type DecisionRefusal =
  | "not_found"
  | "not_possible"
  | "nothing_to_undo"
  | "plan_is_full"
  | "last_day_over"
  | "over_limit"
  | "below_floor"
  | "terms_changed"
  | "decision_conflict";

export interface BundleRequest extends BundleKey {
  /** A staff member's id, or `autopilot`. */
  readonly decidedBy: string;
  readonly now: Date;
}

/** The bundle as a person saw it: what others did since is not overridden. Absent fields are not checked. */
export interface SeenAs {
  readonly seenStatus?: BundleStatus | undefined;
  /** The newest log entry, "" for none: later ones prevent a decision, and an edit of the fields that they changed. */
  readonly seenNewest?: string | undefined;
  /** The terms that were read, by `termsVersionOf`: only these go live. */
  readonly seenTerms?: string | undefined;
}

interface DecideRequest extends BundleRequest, SeenAs {
  readonly decision: BundleDecision;
}

/** A decision about a bundle since it was seen. */
export interface DecisionConflict {
  readonly bundleId: string;
  readonly title: string;
  readonly status: BundleStatus;
  readonly action: LoggedAction;
  readonly decidedBy: string;
  readonly decidedAt: Date;
  /** The changes of an edit, as logged. */
  readonly detail?: unknown;
  /** Whether the refused decision is still possible for someone who knows of the other. */
  readonly isStillPossible: boolean;
}

export type DecideResult<T> = Result<T, DecisionRefusal> & { readonly conflict?: DecisionConflict };

/**
 * Carries out a merchant's decision: changes the bundle's state, logs who, when and on which evidence, and has the
 * workers update the storefront. The shop's plan limits what goes live. Concurrent decisions about one bundle are
 * serialized, and the second one is checked against the first.
 *
 * @returns the new state; if the queue is down, the hourly pass publishes it
 */
export async function decideBundle(
  deps: Deps,
  { shop, bundleId, decision, seenStatus, seenTerms, seenNewest, decidedBy, now }: DecideRequest,
): Promise<DecideResult<{ status: BundleStatus }>> {
  const result = await deps.db.$transaction(async (tx): Promise<DecideResult<{ status: BundleStatus }>> => {
    // Serialized, because the plan's live bundles are counted. The shop's lock precedes its bundles' everywhere.
    if (decision !== "pause" && decision !== "reject") await holdShopRow(tx, shop);
    const bundle = await lockBundle(tx, { shop, bundleId });
    if (!bundle) return { ok: false, reason: "not_found" };
    const unseen =
      seenNewest === undefined ? null : findUnseen(await findBundle(tx, { shop, bundleId }), seenNewest);
    if (unseen) return { ok: false, reason: "decision_conflict", conflict: unseen };
    const last = await findLastDecision(tx, { shop, bundleId });
    const decided = decide(decision, { status: bundle.status, last });
    if (seenStatus !== undefined && last && wasDecidedSince(seenStatus, bundle.status)) {
      const { title, status } = bundle;
      const isStillPossible = decided.ok && decision !== "undo";
      const conflict = { ...last, bundleId, title, status, isStillPossible };
      return { ok: false, reason: "decision_conflict", conflict };
    }
    if (!decided.ok) return decided;
    const status = decided.value;
    if (isLive(status) && !isLive(bundle.status)) {
      if (seenTerms !== undefined && seenTerms !== termsVersionOf(bundle)) {
        return { ok: false, reason: "terms_changed" };
      }
      // The next publishing pass would end it at once.
      if (bundle.endsAt !== null && bundle.endsAt <= now) return { ok: false, reason: "last_day_over" };
      const limit = decision === "approve" ? await findLimit(tx, bundle) : null;
      if (limit !== null) return { ok: false, reason: limit };
      const left = await countLiveBundlesLeft(tx, { shop, now, isReturn: decision !== "approve" });
      if (left === 0) return { ok: false, reason: "plan_is_full" };
    }
    const pausedReason = status === "paused" ? BY_MERCHANT : null;
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
  });
  if (!result.ok) return result;
  deps.log.info("validate.decided", { bundleId, decision, status: result.value.status });
  if (decision === "approve") {
    await askToStartWorkflows(deps, { shop, trigger: "offer-approved", bundleId }, now);
  }
  await askToPublish(deps, { shop });
  return result;
}

/** The limit of today that forbids a discount that no person chose; null if none does. */
async function findLimit(tx: Db, bundle: BundleRow): Promise<"over_limit" | "below_floor" | null> {
  const { id: bundleId, shop, kind, currency, discountRatio } = bundle;
  if (kind === MERCHANT_KIND || discountRatio === 0) return null;
  const settings = await readSettings(tx, shop);
  const current = toCurrent(bundle, await readVariants(tx, shop, bundle.components), { currency, settings });
  const priced = withCosts(current.components, settings);
  const steps = listChoiceSteps(current.terms, priced, { ...settings, currency });
  const isOver = discountRatio > settings.maxDiscountRatio + 1e-9;
  if (!isOver && steps.every((step) => keepsMargin(step, settings))) return null;
  const log = (await findBundle(tx, { shop, bundleId }))?.decisions ?? [];
  const isChosen = log.some(
    ({ decidedBy, detail }) =>
      decidedBy !== AUTOPILOT &&
      changesOf(detail).some(({ field }) => field === "discountRatio" || field === "terms"),
  );
  if (isChosen) return null;
  return isOver ? "over_limit" : "below_floor";
}

/** The newest log entry of a bundle, unless it is the one that was seen. */
export function findUnseen(
  bundle: Awaited<ReturnType<typeof findBundle>>,
  seenNewest: string,
): DecisionConflict | null {
  const newest = bundle?.decisions[0];
  if (!bundle || !newest || newest.id === seenNewest) return null;
  const { id, title, status } = bundle;
  return { ...newest, bundleId: id, title, status, isStillPossible: false };
}

/** A result of `termsVersionOf`. */
export const TermsVersion = z.string().regex(/^[\w-]{22}$/);

/**
 * Digest of an offer's discount, products, dates, placement, countries and limits: 132 bits, equal while none of these
 * changes. An approval sends the digest of the terms that were read, so that no others go live.
 */
export function termsVersionOf(bundle: BundleRow): string {
  const { startsAt, endsAt, placement, countries, timesPerOrder, letsShopperChoose } = bundle;
  const given = [
    toOfferTerms(bundle),
    startsAt,
    endsAt,
    placement,
    countries,
    timesPerOrder,
    letsShopperChoose,
  ];
  // Runs order an offer's products by their sales, which does not change the offer.
  const parts = bundle.components
    .map(({ variantGid, quantity, isGift }) => [variantGid, quantity, isGift] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const first = placement === "first" ? bundle.components[0]?.variantGid : null;
  return createHash("sha256")
    .update(JSON.stringify([given, parts, first]))
    .digest("base64url")
    .slice(0, 22);
}

/** Ids of the decided bundles, number of the others, and their distinct reasons. */
interface DecisionTally {
  readonly decidedIds: readonly string[];
  readonly refused: number;
  readonly reasons: readonly DecisionRefusal[];
  /** The refused ones that were decided since they were seen. */
  readonly conflicts: readonly DecisionConflict[];
}

/**
 * Decides several bundles one after another. One that cannot be decided, because its status has changed, does not
 * affect the others.
 *
 * @param seen each bundle as the decider saw it; a missing bundle is not checked
 */
export async function decideBundles(
  deps: Deps,
  {
    bundleIds,
    seen,
    ...each
  }: Omit<DecideRequest, "bundleId" | keyof SeenAs> & {
    bundleIds: readonly string[];
    seen?: ReadonlyMap<string, SeenAs>;
  },
): Promise<DecisionTally> {
  const reasons = new Set<DecisionRefusal>();
  const decidedIds: string[] = [];
  const conflicts: DecisionConflict[] = [];
  for (const bundleId of bundleIds) {
    const decided = await decideBundle(deps, { ...each, ...seen?.get(bundleId), bundleId });
    if (decided.ok) decidedIds.push(bundleId);
    else reasons.add(decided.reason);
    if (decided.conflict) conflicts.push(decided.conflict);
  }
  return { decidedIds, refused: bundleIds.length - decidedIds.length, reasons: [...reasons], conflicts };
}
