import type { CohortDay } from "./cohort-day.ts";
import { compareMeans } from "./compare-arms.ts";
import { criticalValues, listInterimAnalyses } from "./interim-boundary.ts";
import { shrinkEffects, type ShrunkEffect } from "#app/domain/numbers/shrink-effects.ts";
import { standardiseArms } from "./standardised-arms.ts";

/** What one bundle changed, in margin of its components for each visitor of its page, minor units. */
export interface BundleEffect extends ShrunkEffect {
  /** Visitors of the page, both arms together. */
  readonly visitors: number;
}

/**
 * The effect of each bundle among those who came to its page, the badly measured drawn towards what all have in common.
 * A bundle is left out until its own data carry an interval.
 *
 * One width for all, the widest of their own at this analysis: a bundle borrows strength from the others, not certainty.
 */
export function compareBundles(ofBundle: ReadonlyMap<string, readonly CohortDay[]>): BundleEffect[] {
  let critical = 0;
  const measured: { id: string; value: number; variance: number; visitors: number }[] = [];
  for (const [id, days] of ofBundle) {
    const arms = standardiseArms(days);
    const own = criticalValues(listInterimAnalyses(days)).at(-1);
    if (arms === null || own === undefined) continue;
    const { value, high } = compareMeans(arms, "marginMinor", 1).difference;
    const variance = (high - value) ** 2;
    if (!Number.isFinite(variance)) continue;
    critical = Math.max(critical, own);
    measured.push({ id, value, variance, visitors: arms.treated.visitors + arms.holdout.visitors });
  }
  const shrunk = shrinkEffects(measured, critical);
  return shrunk.map((effect, index) => ({ ...effect, visitors: measured[index]!.visitors }));
}
