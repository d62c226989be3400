import type { CohortDay } from "./cohort-day.ts";
import { compareMeans } from "./compare-arms.ts";
import { criticalValues, listInterimAnalyses } from "./interim-boundary.ts";
import { shrinkEffects, type ShrunkEffect } from "#app/domain/numbers/shrink-effects.ts";
import { standardiseArms } from "./standardised-arms.ts";

/** Effect of one bundle: margin of its components per visitor of its page, minor units. */
export interface BundleEffect extends ShrunkEffect {
  /** Visitors of the page, both arms together. */
  readonly visitors: number;
}

/**
 * The effect of each bundle on the visitors of its page, shrunk towards the mean of all bundles. A bundle is left out
 * until its own data carry an interval. All intervals use the widest critical value of any bundle: shrinkage lends a
 * bundle strength, not certainty.
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
