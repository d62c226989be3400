import { HOUR_MS } from "#app/domain/time.ts";

/** One of the shop's own experiments that changes now what buyers get. */
export interface ServingRollout {
  readonly rolloutGid: string;
  readonly name: string;
  readonly startedAt: Date | null;
  /** Some buyers, or all, do not get our discount, whose status says that they do. */
  readonly withholdsDiscount: boolean;
  /** Numbers of the themes that some buyers, or all, see in place of the published one. */
  readonly themeIds: readonly number[];
}

/** What a stretch of time is of which the proof must know. Only in the first kind nothing can be compared. */
export type StretchKind = "discount_withheld" | "theme_tried";

export interface Stretch {
  readonly kind: StretchKind;
  readonly rolloutGid: string;
  /** The merchant's own name for the Rollout. */
  readonly name: string;
  readonly startedAt: Date;
  /** Null while it goes on. */
  readonly endedAt: Date | null;
}

/**
 * What a poll of the serving Rollouts tells of the stretches: which have begun since the last poll and which are over.
 * One begins no earlier than the look that did not see it, so that a Rollout which was paused, or took our discount up
 * late, costs the proof no more than it must.
 *
 * @param open stretches that have no end yet
 * @param polledAt when the last look was; null before the first
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
 * The whole hours that a stretch touches, for which the proof leaves out who came first in them, and what anybody bought
 * in them. Buyers were told apart by somebody else then, and offers were off the storefront: whoever was to see them
 * could not. The merchant's experiment chose them and no outcome, and they go from both arms, so what is left is compared
 * as fairly as before.
 *
 * @param now where a stretch without an end ends for now
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
