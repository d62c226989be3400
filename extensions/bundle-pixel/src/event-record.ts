import type { Visitor } from "./visitor.ts";

/** Shopify's events about views and the cart. */
export const STANDARD_EVENTS = [
  "page_viewed",
  "product_viewed",
  "collection_viewed",
  "search_submitted",
  "product_added_to_cart",
] as const;

/** Events of the theme block, published as `bundlesmith:KIND`. */
export const OFFER_EVENTS = ["offer_seen", "offer_added", "offer_dismissed"] as const;

export type EventKind = (typeof STANDARD_EVENTS)[number] | (typeof OFFER_EVENTS)[number];

/** One event in the format of the app's endpoint. It names no person. */
export interface EventRecord {
  id: string;
  kind: EventKind;
  /** ISO 8601. */
  at: string;
  visitor: string;
  arm: Visitor["arm"];
  product: string | null;
  variant: string | null;
  bundle: string | null;
}

/** The fields of Shopify's events that we read; all are optional. */
export interface PixelEvent {
  id: string;
  timestamp: string;
  clientId?: string | null;
  data?: {
    productVariant?: PixelVariant | null;
    cartLine?: { merchandise?: PixelVariant | null } | null;
  };
  customData?: { bundle?: unknown; variant?: unknown; arm?: unknown; visitor?: unknown } | null;
}

interface PixelVariant {
  id?: string | null;
  product?: { id?: string | null } | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Converts a Shopify event to the format of the app's endpoint. */
export function toEventRecord(kind: EventKind, event: PixelEvent, visitor: Visitor): EventRecord {
  const variant = event.data?.productVariant ?? event.data?.cartLine?.merchandise;
  const bundle = event.customData?.bundle;
  return {
    id: event.id,
    kind,
    at: event.timestamp,
    visitor: visitor.key,
    arm: visitor.arm,
    product: toDigits(variant?.product?.id),
    variant: toDigits(variant?.id ?? event.customData?.variant),
    bundle: typeof bundle === "string" && UUID.test(bundle) ? bundle : null,
  };
}

/** The digits at the end of an id or gid. */
function toDigits(id: unknown): string | null {
  return typeof id === "string" || typeof id === "number" ? (/(\d+)$/.exec(String(id))?.[1] ?? null) : null;
}
