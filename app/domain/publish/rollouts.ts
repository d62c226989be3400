import { HOUR_MS } from "#app/domain/time.ts";

/** A running experiment of the shop that changes what buyers get. */
export interface ServingRollout {
  readonly rolloutGid: string;
  readonly name: string;
  readonly startedAt: Date | null;
  /** True if some or all buyers do not get our discount although its status is active. */
  readonly withholdsDiscount: boolean;
  /** Numbers of the themes that some or all buyers see instead of the published one. */
  readonly themeIds: readonly number[];
}

/** Kind of a time span that affects the proof. Only in the first kind nothing can be compared. */
export type StretchKind = "discount_withheld" | "theme_tried";

export interface Stretch {
  readonly kind: StretchKind;
  readonly rolloutGid: string;
  /** The merchant's own name for the Rollout. */
  readonly name: string;
  readonly startedAt: Date;
  /** Null while it runs. */
  readonly endedAt: Date | null;
}

/**
 * Compares the serving Rollouts with the open stretches: which have begun since the last poll, and which are over. A
 * stretch begins no earlier than the last poll that did not see it, so a Rollout that was paused, or added our discount
 * late, costs the proof no more than necessary.
 *
 * @param open stretches without an end
 * @param polledAt time of the last poll; null before the first
 */
export function followRollouts(
  serving: readonly ServingRollout[],
  { open, polledAt, now }: { open: readonly Stretch[]; polledAt: Date | null; now: Date },
): { readonly begun: Stretch[]; readonly over: Stretch[] } {
  const seen = serving.flatMap(({ rolloutGid, name, startedAt, withholdsDiscount, themeIds }) => {
    const since = Math.max(startedAt?.getTime() ?? -Infinity, polledAt?.getTime() ?? -Infinity);
    const begins = {
      rolloutGid,
      name,
      startedAt: new Date(Math.min(now.getTime(), Math.max(since, 0))),
      endedAt: null,
    };
    return [
      ...(withholdsDiscount ? [{ kind: "discount_withheld" as const, ...begins }] : []),
      ...(themeIds.length > 0 ? [{ kind: "theme_tried" as const, ...begins }] : []),
    ];
  });
  const isSame = (a: Stretch) => (b: Stretch) => a.kind === b.kind && a.rolloutGid === b.rolloutGid;
  return {
    begun: seen.filter((stretch) => !open.some(isSame(stretch))),
    over: open.filter((stretch) => !seen.some(isSame(stretch))),
  };
}

/** Instants from the first to before the second. */
export interface LeftOutHours {
  readonly from: Date;
  readonly to: Date;
}

/**
 * The whole hours that a stretch touches. The proof leaves out visitors who first came in them, and everything bought
 * in them: the Rollout split the buyers, and offers were off the storefront. The merchant's experiment chose these
 * hours, not an outcome, and both arms lose them, so the comparison stays fair.
 *
 * @param now temporary end of a stretch that still runs
 */
export function toLeftOutHours(
  stretches: readonly Pick<Stretch, "startedAt" | "endedAt">[],
  now: Date,
): LeftOutHours[] {
  return stretches.map(({ startedAt, endedAt }) => ({
    from: new Date(Math.floor(startedAt.getTime() / HOUR_MS) * HOUR_MS),
    to: new Date(Math.ceil((endedAt ?? now).getTime() / HOUR_MS) * HOUR_MS),
  }));
}
