import { ACCEPTED_STATUSES, isLive, type BundleStatus } from "#app/domain/bundle-status.ts";
import type { HoldKind, SteeringMessage } from "./steering-messages.ts";
import type { SteeringStep } from "./steer-offers.ts";

/** The states in which the autopilot may do something about a bundle. */
export const STEERABLE_STATUSES = [
  "proposed",
  ...ACCEPTED_STATUSES,
] as const satisfies readonly BundleStatus[];

/** One bundle of which the autopilot may decide. */
export interface SteerableBundle {
  readonly id: string;
  readonly title: string;
  readonly status: BundleStatus;
  readonly kind: string;
  readonly discountRatio: number;
  /** Whether that discount keeps to what the merchant allows today; only then may it go on the storefront. */
  readonly isWithinLimits: boolean;
  /** Variants of the components, by which bundles are related. */
  readonly variantGids: readonly string[];
  /** Whether the merchant set the price since the autopilot last began anew, or took back what it did. */
  readonly isFrozen: boolean;
  /** Whether its last day is over: on the storefront it would be retired at once. */
  readonly isOver: boolean;
  /** Why the autopilot took it out of sight; null when it did not. */
  readonly heldFor: HoldKind | null;
  /** Days for which the scarcest component lasts, 0 when it is out; null when none is tracked or nothing is expected. */
  readonly coverDays: number | null;
  readonly scarcest: string;
  /** Against the ordinary time, the mean of the components; null when it is not known. */
  readonly seasonIndex: number | null;
  /** Whether replay supports it and it is expected to gain; only then may it be approved. */
  readonly isSupported: boolean;
}

/** One thing that the autopilot does, with why and the figures behind it. */
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

/** With less stock than for so many days an offer would only sell sooner what sells anyway; with more it comes back. */
const SCARCE_DAYS = 14;
const PLENTY_DAYS = 21;
/** A seasonal offer begins when so much more than ordinarily is expected, and ends below the ordinary. */
const SEASON_BEGINS = 1.15;
const SEASON_ENDS = 1;
/** Bundles that winners may bring along on one day: merchants must be able to follow. */
const MOST_APPROVALS = 2;

/**
 * What the autopilot does on one day: at most one thing a bundle. Stock comes before season, season before price.
 * A frozen bundle stays as the merchant left it, and what the merchant paused or rejected is left alone, as is what is
 * over.
 *
 * @param steps of the bundles whose offers are shown or would be; a bundle without one keeps its price
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

/** What keeps an offer out of sight today, whether it is in sight or not. */
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
  // What runs low sells fast enough: its discount may fall, and rises again when there is plenty.
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

/** What would come back at a discount beyond today's limits gets an allowed one first, and comes back the day after. */
function bringBack(bundle: SteerableBundle, step: SteeringStep | undefined): SteeringAction | null {
  const resume = decideToResume(bundle, step);
  // The next day would take it out again for the other reason.
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

/** Proposals that share a product with a winner, the best first as they come. */
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
