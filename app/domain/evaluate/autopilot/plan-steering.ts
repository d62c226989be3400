import { ACCEPTED_STATUSES, isLive, type BundleStatus } from "#app/domain/bundle-status.ts";
import type { HoldKind, SteeringMessage } from "./steering-messages.ts";
import type { SteeringStep } from "./steer-offers.ts";

/** The states in which the autopilot can act on a bundle. */
export const STEERABLE_STATUSES = [
  "proposed",
  ...ACCEPTED_STATUSES,
] as const satisfies readonly BundleStatus[];

/** One bundle that the autopilot can decide on. */
export interface SteerableBundle {
  readonly id: string;
  readonly title: string;
  readonly status: BundleStatus;
  readonly kind: string;
  readonly discountRatio: number;
  /** Whether that discount is within today's limits; only then can it go on the storefront. */
  readonly isWithinLimits: boolean;
  /** Variants of the components; bundles that share one are related. */
  readonly variantGids: readonly string[];
  /** Whether the merchant has set the price since the autopilot last started again, or undone one of its actions. */
  readonly isFrozen: boolean;
  /** Whether its last day is over; on the storefront it would be retired at once. */
  readonly isOver: boolean;
  /** Why the autopilot paused it; null if it did not. */
  readonly heldFor: HoldKind | null;
  /** Days that the scarcest component lasts, 0 if sold out; null if none is tracked or no order is expected. */
  readonly coverDays: number | null;
  readonly scarcest: string;
  /** Mean of the components, relative to an ordinary time; null if unknown. */
  readonly seasonIndex: number | null;
  /** Whether replay supports it and a gain is expected; only then can it be approved. */
  readonly isSupported: boolean;
}

/** One action of the autopilot, with its reason and figures. */
export interface SteeringAction {
  readonly bundleId: string;
  readonly action: "price" | "pause" | "resume" | "approve";
  /** For `price`, 0 to 1. */
  readonly discountRatio?: number;
  /** For `pause`. */
  readonly heldFor?: HoldKind;
  readonly reason: SteeringMessage;
  readonly evidence: Readonly<Record<string, number>>;
}

/** Below the first, an offer only sells sooner what sells anyway, so it is paused; at the second it comes back. */
const SCARCE_DAYS = 14;
const PLENTY_DAYS = 21;
/** Season index at which a seasonal offer begins, and below which it ends; 1 is an ordinary time. */
const SEASON_BEGINS = 1.15;
const SEASON_ENDS = 1;
/** Most approvals that winners bring along per day, so that merchants can follow. */
const MOST_APPROVALS = 2;

/**
 * The autopilot's actions for one day: at most one per bundle. Stock comes before season, season before price. It skips
 * frozen bundles, bundles that the merchant paused or rejected, and bundles whose last day is over.
 *
 * @param steps of the bundles whose offers are or would be shown; a bundle without a step keeps its price
 * @returns in the order of the bundles, approvals last
 */
export function planSteering(
  bundles: readonly SteerableBundle[],
  steps: readonly SteeringStep[],
): SteeringAction[] {
  const stepOf = new Map(steps.map((step) => [step.id, step]));
  const actions = bundles.flatMap((bundle) => decideOn(bundle, stepOf.get(bundle.id)) ?? []);
  return [...actions, ...spreadWinners(bundles, stepOf)];
}

function decideOn(bundle: SteerableBundle, step: SteeringStep | undefined): SteeringAction | null {
  if (bundle.isFrozen || bundle.isOver) return null;
  const isOurs = bundle.status === "paused" && bundle.heldFor !== null;
  if (isOurs) return bringBack(bundle, step);
  return isLive(bundle.status) ? (takeOut(bundle, step) ?? changePrice(bundle, step)) : null;
}

/** The reason to pause an offer today, whether or not it is paused already. */
function takeOut(
  { id, kind, coverDays, seasonIndex, scarcest }: SteerableBundle,
  step: SteeringStep | undefined,
): SteeringAction | null {
  const pause = (
    heldFor: HoldKind,
    reason: SteeringMessage,
    evidence: SteeringAction["evidence"],
  ): SteeringAction => ({ bundleId: id, action: "pause", heldFor, reason, evidence });
  if (coverDays !== null && coverDays < SCARCE_DAYS) {
    const values = { product: scarcest, days: Math.round(coverDays) };
    return pause("stock", { code: "paused.scarce", values }, { coverDays: round(coverDays) });
  }
  if (kind === "seasonal" && seasonIndex !== null && seasonIndex < SEASON_ENDS) {
    return pause("season", { code: "paused.seasonOver", values: {} }, { seasonIndex: round(seasonIndex) });
  }
  if (!step) return null;
  const evidence = evidenceOf(step);
  if (step.verdict === "loser") {
    const values = { visitors: evidence.visitors, chanceRatio: step.chanceBetter };
    return pause("loser", { code: "paused.loser", values }, evidence);
  }
  if (step.discountRatio !== null) return null;
  return pause("limits", { code: "paused.noMargin", values: {} }, evidence);
}

function changePrice(bundle: SteerableBundle, step: SteeringStep | undefined): SteeringAction | null {
  const { id: bundleId, coverDays } = bundle;
  if (!step || step.discountRatio === null) return null;
  if (Math.abs(step.discountRatio - bundle.discountRatio) < 1e-9) return null;
  // A scarce product sells fast enough: its discount can fall, and rises again once there is plenty.
  const isRunningLow = coverDays !== null && coverDays < PLENTY_DAYS;
  if (isRunningLow && step.discountRatio > bundle.discountRatio) return null;
  const reason: SteeringMessage =
    step.verdict === "winner"
      ? { code: "steered.best", values: {} }
      : { code: "steered.tried", values: { discountRatio: bundle.discountRatio } };
  return { bundleId, action: "price", discountRatio: step.discountRatio, reason, evidence: evidenceOf(step) };
}

function evidenceOf({ chanceBetter, gainPerThousandMinor, visitors }: SteeringStep) {
  return {
    chanceBetter: round(chanceBetter),
    gainPerThousandMinor: Math.round(gainPerThousandMinor),
    visitors: Math.round(visitors),
  };
}

/** Brings a bundle back; at a discount beyond today's limits, only a day after a new price. */
function bringBack(bundle: SteerableBundle, step: SteeringStep | undefined): SteeringAction | null {
  const resume = decideToResume(bundle, step);
  // The next day would pause it again for the other reason.
  if (resume === null || takeOut(bundle, step) !== null) return null;
  if (bundle.isWithinLimits) return resume;
  const discountRatio = step?.discountRatio ?? null;
  if (discountRatio === null) return null;
  const reason = { code: "steered.beyond", values: {} } as const;
  return { bundleId: bundle.id, action: "price", discountRatio, reason, evidence: resume.evidence };
}

function decideToResume(
  { id, heldFor, coverDays, seasonIndex, scarcest }: SteerableBundle,
  step: SteeringStep | undefined,
): SteeringAction | null {
  const resume = (reason: SteeringMessage, evidence: SteeringAction["evidence"]): SteeringAction => ({
    bundleId: id,
    action: "resume",
    reason,
    evidence,
  });
  if (heldFor === "limits" && step && step.discountRatio !== null) {
    return resume({ code: "steered.room", values: {} }, {});
  }
  if (heldFor === "stock" && (coverDays === null || coverDays >= PLENTY_DAYS)) {
    const evidence: SteeringAction["evidence"] = coverDays === null ? {} : { coverDays: round(coverDays) };
    return resume({ code: "steered.enough", values: { product: scarcest } }, evidence);
  }
  if (heldFor === "season" && seasonIndex !== null && seasonIndex >= SEASON_BEGINS) {
    return resume({ code: "steered.season", values: {} }, { seasonIndex: round(seasonIndex) });
  }
  return null;
}

/** Proposals that share a product with a winner, in the given order. */
function spreadWinners(
  bundles: readonly SteerableBundle[],
  stepOf: ReadonlyMap<string, SteeringStep>,
): SteeringAction[] {
  const winners = bundles.filter(
    ({ id, status }) => status === "published" && stepOf.get(id)?.verdict === "winner",
  );
  const related = bundles.flatMap((bundle) => {
    const isScarce = bundle.coverDays !== null && bundle.coverDays < PLENTY_DAYS;
    const isOutOfSeason = bundle.seasonIndex !== null && bundle.seasonIndex < SEASON_ENDS;
    if (bundle.status !== "proposed" || !bundle.isSupported || bundle.isFrozen || isScarce) return [];
    if (!bundle.isWithinLimits || bundle.isOver) return [];
    if (bundle.kind === "seasonal" && isOutOfSeason) return [];
    const winner = winners.find(({ variantGids }) =>
      variantGids.some((gid) => bundle.variantGids.includes(gid)),
    );
    return winner ? [{ bundle, winner }] : [];
  });
  return related.slice(0, MOST_APPROVALS).map(({ bundle, winner }) => ({
    bundleId: bundle.id,
    action: "approve",
    reason: { code: "steered.related", values: { title: winner.title } },
    evidence: { chanceBetter: round(stepOf.get(winner.id)!.chanceBetter) },
  }));
}

function round(value: number): number {
  return Number(value.toFixed(3));
}
