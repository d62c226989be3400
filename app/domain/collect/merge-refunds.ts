import type { RefundEvent } from "./order-event.ts";

/**
 * One refund from two messages that tell it, the known one and a new one, as the table merges them: lines tell exactly
 * what was given back, so a message without them never replaces one that has them. Without lines the Admin API tells
 * a sum with tax and shipping and a webhook one without, so the smaller is right. The API tells no reason.
 */
export function mergeRefunds(known: RefundEvent, told: RefundEvent): RefundEvent {
  if (told.lines.length === 0 && known.lines.length > 0) return known;
  return {
    ...told,
    refundedAt: known.refundedAt,
    amountMinor: told.lines.length > 0 ? told.amountMinor : Math.min(told.amountMinor, known.amountMinor),
    reason: told.reason === "unsaid" ? known.reason : told.reason,
  };
}
