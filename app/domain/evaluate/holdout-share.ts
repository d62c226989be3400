import { DAY_MS } from "#app/domain/time.ts";

interface ShareChange {
  readonly changedAtMs: number;
  readonly ratioBefore: number;
  readonly ratioAfter: number;
}

/**
 * The share that was meant to be held out on each day of a period.
 *
 * @param changes in time
 * @param now the share as it is set now, which held all along when it was never changed
 * @returns of a day from 0 the share, 0 to 1; 0 for a day on which it was changed: what was meant then is two things
 */
export function shareByDay(
  changes: readonly ShareChange[],
  { startMs, now }: { startMs: number; now: number },
): (day: number) => number {
  return (day) => {
    const fromMs = startMs + day * DAY_MS;
    if (changes.some(({ changedAtMs }) => changedAtMs >= fromMs && changedAtMs < fromMs + DAY_MS)) return 0;
    const last = changes.findLast(({ changedAtMs }) => changedAtMs < fromMs);
    if (last) return last.ratioAfter;
    return changes[0]?.ratioBefore ?? now;
  };
}
