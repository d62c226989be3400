import { DAY_MS } from "./time.ts";

/** The plans, the cheapest first. Prices are a month's, whatever the shop sells; see app/decisions/house/021-plans-with-one-price-each.md. */
export const PLANS = [
  { key: "free", monthlyDollars: 0, mostLive: 3 },
  { key: "standard", monthlyDollars: 19, mostLive: 25 },
  { key: "plus", monthlyDollars: 59, mostLive: null },
] as const;
export const PLAN_KEYS = ["free", "standard", "plus"] as const;
export type PlanKey = (typeof PLAN_KEYS)[number];

/** From the first installation on, without a plan and without a limit. */
const TRIAL_DAYS = 30;

/** Whole days of the trial that are left, today's included; 0 when it is over. */
export function trialDaysLeft(installedAtMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil(TRIAL_DAYS - (nowMs - installedAtMs) / DAY_MS));
}

interface PlanState {
  readonly plan: PlanKey;
  readonly installedAtMs: number;
  /** Bundles that are, or are about to be, on the storefront. */
  readonly live: number;
}

/**
 * How many bundles more may go live. What is live already stays, also beyond the limit of a smaller plan.
 *
 * @returns null without a limit
 */
export function liveBundlesLeft({ plan, installedAtMs, live }: PlanState, nowMs: number): number | null {
  const { mostLive } = PLANS.find(({ key }) => key === plan)!;
  if (mostLive === null || trialDaysLeft(installedAtMs, nowMs) > 0) return null;
  return Math.max(0, mostLive - live);
}
