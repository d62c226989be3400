import { DAY_MS, HOUR_MS, openZonedClock, openZonedInstant } from "./time.ts";

/** Recurring jobs of every installed shop. */
export const SHOP_WORK = [
  "collect.reconcile",
  "publish.reconcile",
  "prepare.start",
  "evaluate.steer",
] as const;
type ShopWork = (typeof SHOP_WORK)[number];

/** Recurring job for all shops together: deletes data past its retention. */
export const FLEET_WORK = "collect.retain";
/** Replaces the shop's domain in the row of `FLEET_WORK`. */
export const FLEET = "";

export type DueKind = ShopWork | typeof FLEET_WORK;
export const DUE_KINDS: readonly DueKind[] = [...SHOP_WORK, FLEET_WORK];

/**
 * Start and spread of each job, by the shop's local clock. A hash of the domain spreads the shops. A shop has the same
 * place in each job, so `prepare.start` is due two hours after `collect.reconcile`.
 */
const NIGHT: Readonly<Record<Exclude<DueKind, "publish.reconcile">, { fromMs: number; spreadMs: number }>> = {
  "collect.reconcile": { fromMs: 1 * HOUR_MS, spreadMs: 2 * HOUR_MS },
  // Checked every day. The merchant's settings decide on which days a run starts.
  "prepare.start": { fromMs: 3 * HOUR_MS, spreadMs: 2 * HOUR_MS },
  // Once per day of the shop's calendar; the hour does not matter.
  "evaluate.steer": { fromMs: 5 * HOUR_MS, spreadMs: HOUR_MS },
  "collect.retain": { fromMs: HOUR_MS / 2, spreadMs: 0 },
};

/**
 * Next due time of a job. Jobs are due at night in the shop's time zone; publishing is due hourly, so that it repairs a
 * failed pass within the hour.
 *
 * @param timeZone IANA name
 * @returns the first due time after `afterMs`; a job that is days late runs once, not once per day
 * @throws RangeError if the zone is unknown
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
  // If the clock shows an hour twice, its first pass can be over.
  return dueMs > afterMs ? dueMs : toInstant(clockMs + DAY_MS);
}

/** The first instant after `afterMs` at this offset into a period. */
function nextOf(afterMs: number, periodMs: number, offsetMs: number): number {
  return (Math.floor((afterMs - Math.floor(offsetMs)) / periodMs) + 1) * periodMs + Math.floor(offsetMs);
}

/** Hash of a shop in [0, 1); FNV-1a. */
function toFraction(shop: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < shop.length; at++) hash = Math.imul(hash ^ shop.charCodeAt(at), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
