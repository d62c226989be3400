import { isLive, type BundleStatus } from "#app/domain/bundle-status.ts";
import type { LoggedAction } from "#app/domain/validate/decide.ts";

/** One entry of a bundle's decision log, as far as it changes what a visitor may be exposed to. */
export interface OfferDecision {
  readonly atMs: number;
  readonly action: LoggedAction;
  /** State that it led to, where it was noted; null for edits. */
  readonly to: BundleStatus | null;
  /** Discount before and after an edit of it, 0 to 1; null for other decisions. */
  readonly discountRatio: { readonly before: number; readonly after: number } | null;
  /** Discount that the bundle had at another decision, where it was noted; null for edits. */
  readonly unchangedRatio: number | null;
}

/** A stretch of time in which a visitor of the page could be exposed to one discount, or none. */
export interface OfferTime {
  readonly fromMs: number;
  /** First instant that belongs to it no more. */
  readonly toMs: number;
  /** 0 is an offer at full price, null none. */
  readonly discountRatio: number | null;
}

/** Publishing takes some seconds; nothing is counted in so short a time after a change. */
const SETTLING_MS = 60_000;

/**
 * Which discount a bundle had when, from its decision log.
 *
 * @param decisions in time
 * @param now the discount that it has at the end of the window
 * @returns in time, without the minute after each change
 */
export function listOfferTimes(
  decisions: readonly OfferDecision[],
  { fromMs, toMs, discountRatio }: { fromMs: number; toMs: number; discountRatio: number },
): OfferTime[] {
  // A run that proposes an ended bundle again may have changed its discount without an edit.
  let ratio =
    decisions.flatMap((one) => one.discountRatio?.before ?? one.unchangedRatio ?? [])[0] ?? discountRatio;
  let isOffered = false;
  let sinceMs = fromMs;
  const times: OfferTime[] = [];
  const close = (atMs: number) => {
    const from = Math.max(fromMs, sinceMs);
    const to = Math.min(toMs, atMs);
    if (to > from) times.push({ fromMs: from, toMs: to, discountRatio: isOffered ? ratio : null });
    sinceMs = atMs + SETTLING_MS;
  };
  for (const { atMs, action, to, discountRatio: edit, unchangedRatio } of decisions) {
    const isOfferedNow: boolean = edit || action === "edit" ? isOffered : to !== null && isLive(to);
    const ratioNow: number = edit?.after ?? unchangedRatio ?? ratio;
    if (isOfferedNow === isOffered && ratioNow === ratio) continue;
    close(atMs);
    [isOffered, ratio] = [isOfferedNow, ratioNow];
  }
  close(toMs);
  return times;
}
