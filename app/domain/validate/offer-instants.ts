import type { OfferDays } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { DAY_MS, toZonedDay, zonedDayEndMs, zonedDayStartMs } from "#app/domain/time.ts";

/**
 * The instants at which an offer for a coming season begins and ends: whole days of the shop's calendar, the last one
 * included, as when a merchant sets them.
 *
 * @param days counted from the day of `fromMs`; absent of an offer that is not for a season to come
 * @param timeZone IANA name
 * @returns nulls where the offer has no days
 */
export function toOfferInstants(
  days: OfferDays | undefined,
  { fromMs, timeZone }: { fromMs: number; timeZone: string },
): { startsAt: Date | null; endsAt: Date | null } {
  if (!days) return { startsAt: null, endsAt: null };
  const todayMs = Date.parse(toZonedDay(fromMs, timeZone));
  const dayIn = (inDays: number) => new Date(todayMs + inDays * DAY_MS).toISOString().slice(0, 10);
  return {
    startsAt: new Date(zonedDayStartMs(dayIn(days.startsIn), timeZone)!),
    endsAt: new Date(zonedDayEndMs(dayIn(days.endsIn - 1), timeZone)!),
  };
}
