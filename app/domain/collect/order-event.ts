import { z } from "zod";
import { REFUND_REASONS } from "./refund-reason.ts";

/** Which arm of the holdout a visitor is in; as `armOf` of app/domain/evaluate/proof/holdout.ts names them. */
export const Arm = z.enum(["treated", "holdout"]);
export type Arm = z.infer<typeof Arm>;

/** One line of an order as the app keeps it. Amounts are minor units of the shop's currency. */
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
  /** The tax that the price of all units holds after discounts, 0 where it holds none; absent where nobody says. */
  includedTaxMinor: z.number().int().min(0).optional(),
  /** Units taken off since, by a refund or an edit. */
  removedQuantity: z.number().int().min(0),
  isGiftCard: z.boolean(),
});
export type OrderEventLine = z.infer<typeof OrderEventLine>;

/** A line that is no product of the shop was typed by a person, and may name one: what it is called is not kept. */
export function withoutTypedName<L extends Pick<OrderEventLine, "variantGid" | "productGid">>(
  line: L & Pick<OrderEventLine, "sku" | "title">,
): L & Pick<OrderEventLine, "sku" | "title"> {
  const isTyped = line.variantGid === null && line.productGid === null;
  return isTyped ? { ...line, sku: "", title: "" } : line;
}

/** One refund. It may be known before its order is. */
export const RefundEvent = z.object({
  refundGid: z.string(),
  orderGid: z.string(),
  refundedAt: z.iso.datetime(),
  /**
   * Merchandise given back, before tax and shipping. Of a refund that only the Admin API told, all that was paid
   * back, at most the order's merchandise.
   */
  amountMinor: z.number().int().min(0),
  lines: z.array(z.object({ lineGid: z.string(), quantity: z.number().int().min(0) })),
  reason: z.enum(REFUND_REASONS).default("unsaid"),
});
export type RefundEvent = z.infer<typeof RefundEvent>;

/** An order at one moment of its life, without anything that tells who placed it. */
export const OrderEvent = z.object({
  orderGid: z.string(),
  placedAt: z.iso.datetime(),
  /** When what was ordered is to happen, as a journey's departure; absent where it is the order itself. */
  serviceAt: z.iso.datetime().optional(),
  /** Decides between two messages on the same order: the later one is right. */
  updatedAt: z.iso.datetime(),
  currency: z.string().length(3),
  /** Keyed hash of the customer's id; null for a guest. */
  customerKey: z.string().nullable(),
  cancelledAt: z.iso.datetime().nullable(),
  isTest: z.boolean(),
  arm: Arm.nullable(),
  visitorKey: z.string().nullable(),
  /** Merchandise after discounts, without shipping or tax that comes on top; see `merchandiseMinor`. */
  totalMinor: z.number().int(),
  lines: z.array(OrderEventLine),
  refunds: z.array(RefundEvent),
});
export type OrderEvent = z.infer<typeof OrderEvent>;

/** Sources whose orders the shop's own staff enter: Shopify's point of sale, its apps, and drafts of the admin. */
const STAFF_SOURCES: readonly string[] = ["pos", "shopify_draft_order", "iphone", "android"];

/**
 * The visitor whom an order belongs to, by the attribute that the theme block gives its cart: "t:VISITOR" or "h:VISITOR".
 * An order that staff entered belongs to none, though it may carry the attribute of an order that it was copied from.
 *
 * @param sourceName as Shopify names where an order was placed; null when it does not say
 * @returns nulls when the text is not of this form, since shoppers can write cart attributes themselves
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
 * Merchandise value of an order: Σ quantity · unit price − discount, minor units, before shipping. A gift card is money for
 * later, and counts where it is spent.
 */
export function merchandiseMinor(lines: readonly OrderEventLine[]): number {
  return lines
    .filter(({ isGiftCard }) => !isGiftCard)
    .reduce((sum, line) => sum + line.quantity * line.unitPriceMinor - line.discountMinor, 0);
}

/**
 * One refund from two messages that tell it, the known one and a new one, as the table merges them: lines tell exactly
 * what was given back, so a message without them never replaces one that has them. Without lines the Admin API tells
 * a sum with tax and shipping and a webhook one without, so the smaller is right. The API tells no reason.
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
