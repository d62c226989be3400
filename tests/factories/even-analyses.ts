import type { InterimAnalysis } from "#app/domain/evaluate/proof/interim-boundary.ts";
import { PERIOD_DAYS } from "#app/domain/evaluate/proof/measuring-period.ts";

/** Daily interim analyses of a period with equal information per day and an interval from the first day. */
export const EVEN_ANALYSES: readonly InterimAnalysis[] = Array.from({ length: PERIOD_DAYS }, (_, day) => ({
  information: (day + 1) / PERIOD_DAYS,
  fresh: 1 / PERIOD_DAYS,
  elapsedRatio: (day + 1) / PERIOD_DAYS,
}));
