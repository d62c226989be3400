import type { Result } from "#app/domain/result.ts";
import { DAY_MS, zonedDayEndMs, zonedDayStartMs } from "#app/domain/time.ts";

/** Why days may tell nothing of the offers. Fixed beforehand, so that none is written to fit a result. */
export const LEFT_OUT_REASONS = ["outage", "wrong_price", "unusual_visitors", "sold_out"] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

/** Whole days of the shop's calendar that the merchant leaves out, of both arms. */
export interface LeftOutDays {
  readonly from: Date;
  /** First instant after them. */
  readonly to: Date;
  readonly reason: LeftOutReason;
  readonly notedAt: Date;
  /** A staff member's id. */
  readonly notedBy: string;
}

/** So much of a period of 90 days still leaves enough of it. */
export const MOST_LEFT_OUT_DAYS = 14;

/**
 * Whether nobody can have known what the days would show when they were chosen. Such days count nowhere: who came first in
 * them, and what anybody bought in them, goes from both arms, and the interval holds as before. Days that were chosen
 * later stay in the figure that proves something, because to choose them by what they showed would bend it; the page
 * shows beside it what the others say alone, and claims nothing for that; see
 * app/decisions/evaluate/012-proof-spends-its-error-over-a-period.md.
 */
export function areChosenBefore({ from, notedAt }: LeftOutDays): boolean {
  return notedAt < from;
}

/**
 * Days as a person typed them, both included, in the shop's calendar.
 *
 * @param now nothing may lie further off than so many days, in either direction
 * @returns reason "days_unreadable", "days_in_wrong_order", "too_many_days" or "too_far_off"
 */
export function readTypedDays(
  { firstDay, lastDay }: { readonly firstDay: string; readonly lastDay: string },
  {
    timeZone,
    now,
    furthestDays,
  }: { readonly timeZone: string; readonly now: Date; readonly furthestDays: number },
): Result<
  Pick<LeftOutDays, "from" | "to">,
  "days_unreadable" | "days_in_wrong_order" | "too_many_days" | "too_far_off"
> {
  const startMs = zonedDayStartMs(firstDay, timeZone);
  const endMs = zonedDayEndMs(lastDay, timeZone);
  if (startMs === null || endMs === null) return { ok: false, reason: "days_unreadable" };
  if (endMs < startMs) return { ok: false, reason: "days_in_wrong_order" };
  // A day of summer time may have 25 hours.
  if (Math.round((endMs - startMs) / DAY_MS) > MOST_LEFT_OUT_DAYS)
    return { ok: false, reason: "too_many_days" };
  const offMs = Math.max(endMs - now.getTime(), now.getTime() - startMs);
  if (offMs > furthestDays * DAY_MS) return { ok: false, reason: "too_far_off" };
  return { ok: true, value: { from: new Date(startMs), to: new Date(endMs + 1) } };
}
