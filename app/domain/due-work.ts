import { DAY_MS, HOUR_MS, openZonedClock, openZonedInstant } from "./time.ts";

/** What every installed shop is due again and again, by the name of its job. */
export const SHOP_WORK = [
  "collect.reconcile",
  "publish.reconcile",
  "prepare.start",
  "evaluate.steer",
] as const;
type ShopWork = (typeof SHOP_WORK)[number];

/** The same of all shops together: what they have kept long enough is forgotten. */
export const FLEET_WORK = "collect.retain";
/** Stands where a shop's domain would, in the row of what is due to all shops together. */
export const FLEET = "";

export type DueKind = ShopWork | typeof FLEET_WORK;
export const DUE_KINDS: readonly DueKind[] = [...SHOP_WORK, FLEET_WORK];

/**
 * Where in the night each is due, by the shop's own clocks: shops are spread over the stretch by their domain. A shop has
 * the same place in each, so what is read at its beginning is known two hours later, when the app learns from it.
 */
const NIGHT: Readonly<Record<Exclude<DueKind, "publish.reconcile">, { fromMs: number; spreadMs: number }>> = {
  "collect.reconcile": { fromMs: 1 * HOUR_MS, spreadMs: 2 * HOUR_MS },
  // Asked every day; the merchant's settings say on which of them a run starts.
  "prepare.start": { fromMs: 3 * HOUR_MS, spreadMs: 2 * HOUR_MS },
  // Once a day of the shop's own calendar, whatever the hour.
  "evaluate.steer": { fromMs: 5 * HOUR_MS, spreadMs: HOUR_MS },
  "collect.retain": { fromMs: HOUR_MS / 2, spreadMs: 0 },
};

/**
 * When a kind of work is due next: the nightly ones in the shop's own night, publishing once an hour, because what an
 * event's pass failed to do is done within the hour.
 *
 * @param timeZone IANA name
 * @returns the first such instant after `afterMs`: who is late by days does the work once, not once for each day
 * @throws RangeError when the zone is unknown
 */
export function nextDueMs(
  kind: DueKind,
  { shop, timeZone }: { shop: string; timeZone: string },
  afterMs: number,
): number {
  const place = toFraction(shop);
  if (kind === "publish.reconcile") return nextOf(afterMs, HOUR_MS, place * HOUR_MS);
  const { fromMs, spreadMs } = NIGHT[kind];
  const toInstant = openZonedInstant(timeZone);
  const clockMs = nextOf(openZonedClock(timeZone)(afterMs), DAY_MS, fromMs + place * spreadMs);
  const dueMs = toInstant(clockMs);
  // Where an hour is shown twice, the first may have been before.
  return dueMs > afterMs ? dueMs : toInstant(clockMs + DAY_MS);
}

/** The first instant after another that lies so far into a period. */
function nextOf(afterMs: number, periodMs: number, offsetMs: number): number {
  return (Math.floor((afterMs - Math.floor(offsetMs)) / periodMs) + 1) * periodMs + Math.floor(offsetMs);
}

/** A number of [0, 1) that stays the same for a shop; FNV-1a. */
function toFraction(shop: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < shop.length; at++) hash = Math.imul(hash ^ shop.charCodeAt(at), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
