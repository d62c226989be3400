import { DAY_MS } from "./time.ts";

/** Plans, the cheapest first. Prices are per month. @see app/decisions/house/021-plans-with-one-price-each.md */
export const PLANS = [
  { key: "free", monthlyDollars: 0, mostLive: 3 },
  { key: "standard", monthlyDollars: 19, mostLive: 25 },
  { key: "plus", monthlyDollars: 59, mostLive: null },
] as const;
export const PLAN_KEYS = ["free", "standard", "plus"] as const;
export type PlanKey = (typeof PLAN_KEYS)[number];

/** Days from the first installation without a plan or a limit. */
const TRIAL_DAYS = 30;

/** Whole days left of the trial, including today; 0 when it is over. */
export function trialDaysLeft(installedAtMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil(TRIAL_DAYS - (nowMs - installedAtMs) / DAY_MS));
}

interface PlanState {
  readonly plan: PlanKey;
  readonly installedAtMs: number;
  /** Bundles on the storefront, or about to be. */
  readonly live: number;
  /** Live bundles for which places are kept, also above the plan's limit. */
  readonly kept: number;
}

/**
 * How many more bundles can go live. Live bundles stay, even above the limit of a smaller plan.
 *
 * @returns null without a limit
 */
export function liveBundlesLeft(
  { plan, installedAtMs, live, kept }: PlanState,
  nowMs: number,
): number | null {
  const { mostLive } = PLANS.find(({ key }) => key === plan)!;
  if (mostLive === null || trialDaysLeft(installedAtMs, nowMs) > 0) return null;
  return Math.max(0, Math.max(mostLive, kept) - live);
}
