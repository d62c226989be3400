import { z } from "zod";
import { BROWSE_KINDS, type BrowseEvent } from "#app/domain/collect/browse-event.ts";
import type { Arm } from "#app/domain/collect/order-event.ts";
import { toGid } from "./shopify-values.ts";

/** A page cannot cause more events in a second; more are a mistake or an attack. */
const MAX_EVENTS = 100;
/** Largest error of a browser's clock, either way; beyond it the time of arrival is more accurate. */
const MAX_OFF_MS = 10 * 60_000;

const Digits = z
  .string()
  .regex(/^\d{1,20}$/)
  .nullable();

const Event = z.strictObject({
  id: z.string().regex(/^[\w.:-]{8,80}$/),
  kind: z.enum(BROWSE_KINDS),
  at: z.iso.datetime({ offset: true }),
  visitor: z.string().regex(/^[0-9a-f]{32}$/),
  arm: z.enum(["t", "h"]).nullable(),
  product: Digits,
  variant: Digits,
  bundle: z.guid().nullable(),
});

/** The pixel's payload. Any other field is refused, so that nothing personal can slip in. */
export const BrowseBatch = z.strictObject({
  v: z.literal(1),
  shop: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}\.myshopify\.com$/),
  /** Proof of the visitor's arm; see app/services/collect/visit-ticket.server.ts. */
  ticket: z
    .string()
    .regex(/^[\w-]{22}$/)
    .nullish(),
  events: z.array(Event).min(1).max(MAX_EVENTS),
});
export type BrowseBatch = z.infer<typeof BrowseBatch>;

/**
 * The events of a batch as the app stores them; an implausible time is replaced by the time of arrival.
 *
 * @param findArm the arm of a visitor with a valid ticket, else null; the browser's own claim is never trusted
 */
export function toBrowseEvents(
  { events }: BrowseBatch,
  { now, findArm }: { now: Date; findArm: (visitorKey: string) => Arm | null },
): BrowseEvent[] {
  return events.map((event) => {
    const atMs = Date.parse(event.at);
    const isPlausible = Math.abs(atMs - now.getTime()) <= MAX_OFF_MS;
    return {
      eventId: event.id,
      visitorKey: event.visitor,
      kind: event.kind,
      productGid: event.product === null ? null : toGid("Product", event.product),
      variantGid: event.variant === null ? null : toGid("ProductVariant", event.variant),
      bundleId: event.bundle?.toLowerCase() ?? null,
      arm: findArm(event.visitor),
      occurredAt: (isPlausible ? new Date(atMs) : now).toISOString(),
    };
  });
}
