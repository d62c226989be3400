import { z } from "zod";
import { REFUND_REASONS } from "./refund-reason.ts";

/** Arm of the holdout that a visitor is in, named as by `armOf` of app/domain/evaluate/proof/holdout.ts. */
export const Arm = z.enum(["treated", "holdout"]);
export type Arm = z.infer<typeof Arm>;

/** One line of an order. Amounts are minor units of the shop's currency. */
export const OrderEventLine = z.object({
  lineGid: z.string().nullable(),
  variantGid: z.string().nullable(),
  productGid: z.string().nullable(),
  sku: z.string(),
  title: z.string(),
  /** Units ordered, at least 0. */
  quantity: z.number().int().min(0),
  /** Price of one unit before discounts. */
  unitPriceMinor: z.number().int(),
  /** All discounts on the line. */
  discountMinor: z.number().int(),
  /** The part of `discountMinor` that this app's discount gave. */
  bundleDiscountMinor: z.number().int(),
  /** Tax included in the price of all units after discounts, 0 if none; absent if unknown. */
  includedTaxMinor: z.number().int().min(0).optional(),
  /** Units removed since, by a refund or an edit. */
  removedQuantity: z.number().int().min(0),
  isGiftCard: z.boolean(),
});
export type OrderEventLine = z.infer<typeof OrderEventLine>;

/** Drops the name of a line that is not a product of the shop: a person typed it, and it can name somebody. */
export function withoutTypedName<L extends Pick<OrderEventLine, "variantGid" | "productGid">>(
  line: L & Pick<OrderEventLine, "sku" | "title">,
): L & Pick<OrderEventLine, "sku" | "title"> {
  const isTyped = line.variantGid === null && line.productGid === null;
  return isTyped ? { ...line, sku: "", title: "" } : line;
}

/** One refund. It can arrive before its order. */
export const RefundEvent = z.object({
  refundGid: z.string(),
  orderGid: z.string(),
  refundedAt: z.iso.datetime(),
  /**
   * Merchandise refunded, before tax and shipping. If only the Admin API reported the refund: everything paid back,
   * limited to the order's merchandise.
   */
  amountMinor: z.number().int().min(0),
  lines: z.array(z.object({ lineGid: z.string(), quantity: z.number().int().min(0) })),
  reason: z.enum(REFUND_REASONS).default("unsaid"),
});
export type RefundEvent = z.infer<typeof RefundEvent>;

/** An order at one moment of its life, without anything that identifies the shopper. */
export const OrderEvent = z.object({
  orderGid: z.string(),
  placedAt: z.iso.datetime(),
  /** When the ordered service takes place, such as a departure; absent if there is none. */
  serviceAt: z.iso.datetime().optional(),
  /** Of two messages on the same order, the later one wins. */
  updatedAt: z.iso.datetime(),
  currency: z.string().length(3),
  /** Keyed hash of the customer's id; null for a guest. */
  customerKey: z.string().nullable(),
  /** When the customer was erased while the message waited; absent if they were not. */
  erasedAt: z.iso.datetime().optional(),
  cancelledAt: z.iso.datetime().nullable(),
  isTest: z.boolean(),
  arm: Arm.nullable(),
  visitorKey: z.string().nullable(),
  /** Merchandise after discounts, without shipping or tax that is added on top; see `merchandiseMinor`. */
  totalMinor: z.number().int(),
  lines: z.array(OrderEventLine),
  refunds: z.array(RefundEvent),
});
export type OrderEvent = z.infer<typeof OrderEvent>;

/** Sources of orders that the shop's own staff enter: Shopify's point of sale, its apps, and drafts of the admin. */
const STAFF_SOURCES: readonly string[] = ["pos", "shopify_draft_order", "iphone", "android"];

/**
 * The visitor of an order, from the attribute that the theme block gives its cart: "t:VISITOR" or "h:VISITOR". An order
 * that staff entered has no visitor, although it can carry the attribute of an order that it was copied from.
 *
 * @param sourceName Shopify's name of the order's source; null if unknown
 * @returns nulls if the text does not have this form, because shoppers can write cart attributes themselves
 */
export function readVisitor(
  attribute: string | null | undefined,
  sourceName: string | null | undefined,
): { arm: Arm | null; visitorKey: string | null } {
  const match = /^([th]):([0-9a-f]{32})$/.exec(attribute ?? "");
  if (!match || STAFF_SOURCES.includes(sourceName ?? "")) return { arm: null, visitorKey: null };
  return { arm: match[1] === "t" ? "treated" : "holdout", visitorKey: match[2]! };
}

/**
 * Merchandise value of an order: Σ quantity · unit price − discount, minor units, before shipping. A gift card is not
 * merchandise; it counts when it is spent.
 */
export function merchandiseMinor(lines: readonly OrderEventLine[]): number {
  return lines
    .filter(({ isGiftCard }) => !isGiftCard)
    .reduce((sum, line) => sum + line.quantity * line.unitPriceMinor - line.discountMinor, 0);
}

/**
 * Merges two messages on one refund, as the table does. Lines say exactly what was returned, so a message without lines
 * never replaces one with lines. Without lines, the Admin API reports a sum with tax and shipping and a webhook one
 * without them, so the smaller is right. The API reports no reason.
 */
export function mergeRefunds(known: RefundEvent, reported: RefundEvent): RefundEvent {
  if (reported.lines.length === 0 && known.lines.length > 0) return known;
  return {
    ...reported,
    refundedAt: known.refundedAt,
    amountMinor:
      reported.lines.length > 0 ? reported.amountMinor : Math.min(reported.amountMinor, known.amountMinor),
    reason: reported.reason === "unsaid" ? known.reason : reported.reason,
  };
}
