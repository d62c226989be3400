import type { BrowseEvent } from "#app/domain/collect/browse-event.ts";
import type { CartState } from "./cart-payload.ts";

/** A cart's state with what puts it in its place among the others. */
export interface CartSnapshot extends CartState {
  readonly webhookId: string;
  /** When Shopify raised the webhook; decides between two of one second. */
  readonly triggeredAt: string;
}

/**
 * Step 1, collect: what a shopper put into the cart, took into the checkout and removed again, told by each state
 * of the cart against the one before. The events depend on the set of states alone, not on the order in which
 * webhooks brought them; an earlier state that comes late may therefore change events that were told before.
 *
 * All events are the visitor's whom any of the states names, else those of the cart's own key.
 *
 * Known weakness: what was put in and removed between two webhooks is not seen.
 *
 * @param snapshots of one cart, in any order, each webhook once
 * @returns in the order of time; `eventId` is unique in the shop
 */
export function toCartEvents(snapshots: readonly CartSnapshot[]): BrowseEvent[] {
  const ordered = snapshots.toSorted((a, b) => compare(toMoment(a), toMoment(b)));
  const named = ordered.findLast(({ visitorKey }) => visitorKey !== null);
  const events: BrowseEvent[] = [];
  let inCart = new Map<string, string | null>();
  let inCheckout = new Set<string>();
  for (const { cartKey, stage, updatedAt, lines } of ordered) {
    const tell = (
      kind: "cart_updated" | "checkout_updated" | "cart_line_removed",
      variantGid: string,
      productGid: string | null,
    ) => {
      events.push({
        eventId: `${kind}-${cartKey}-${variantGid.split("/").at(-1)}-${Date.parse(updatedAt)}`,
        visitorKey: named?.visitorKey ?? cartKey,
        kind,
        productGid,
        variantGid,
        bundleId: null,
        searchTerm: null,
        arm: named?.arm ?? null,
        occurredAt: updatedAt,
      });
    };
    const present = new Map(lines.map(({ variantGid, productGid }) => [variantGid, productGid]));
    for (const [variantGid, productGid] of inCart) {
      if (!present.has(variantGid)) tell("cart_line_removed", variantGid, productGid);
    }
    for (const [variantGid, productGid] of present) {
      if (stage === "cart" && !inCart.has(variantGid)) tell("cart_updated", variantGid, productGid);
      if (stage === "checkout" && !inCheckout.has(variantGid))
        tell("checkout_updated", variantGid, productGid);
    }
    inCheckout = new Set(
      [...present.keys()].filter((variantGid) => stage === "checkout" || inCheckout.has(variantGid)),
    );
    inCart = present;
  }
  // Put in, removed and put in again within a second are one event.
  return [...new Map(events.map((event) => [event.eventId, event])).values()];
}

function toMoment({ updatedAt, triggeredAt, webhookId }: CartSnapshot): string {
  return `${updatedAt} ${triggeredAt} ${webhookId}`;
}

/** Of two moments, which are never one: each webhook comes once. */
function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}
