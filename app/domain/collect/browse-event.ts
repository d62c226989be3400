import { z } from "zod";
import { Arm } from "./order-event.ts";

/** Visitor actions that the web pixel reports. */
export const BROWSE_KINDS = [
  "page_viewed",
  "product_viewed",
  "collection_viewed",
  "search_submitted",
  "product_added_to_cart",
  "offer_seen",
  "offer_added",
  "offer_dismissed",
] as const;

/** One browsing event under a visitor's pseudonym. `eventId` makes it idempotent. */
export const BrowseEvent = z.object({
  eventId: z.string().min(1).max(100),
  visitorKey: z.string().min(1).max(64),
  kind: z.enum(BROWSE_KINDS),
  productGid: z.string().nullable(),
  variantGid: z.string().nullable(),
  bundleId: z.string().nullable(),
  arm: Arm.nullable(),
  occurredAt: z.iso.datetime(),
});
export type BrowseEvent = z.infer<typeof BrowseEvent>;
