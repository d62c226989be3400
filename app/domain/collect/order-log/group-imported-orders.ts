import type { Result } from "#app/domain/result.ts";
import { merchandiseMinor, type OrderEvent, type OrderEventLine } from "#app/domain/collect/order-event.ts";
import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";

/** Prefix of an imported order's gid, to keep it apart from Shopify's own. */
const IMPORT_GID_PREFIX = "import:";

interface DraftOrder {
  readonly first: OrderLineRecord;
  readonly lines: OrderEventLine[];
}

/**
 * Step 1, collect: groups the lines of an order log into orders. The first line of an order gives its time, its service
 * time and its customer. Lines without a positive quantity are left out: a log books a return as such a line, which an
 * order's line cannot represent.
 *
 * @param currency ISO 4217 code of the log's prices
 * @param findVariant gids of the variant with this SKU, if the shop has it
 * @param mostLines of an order; a longer one is a till's whole day or a mistake, and is left out
 * @param until orders placed at this instant or later are left out; null for none
 * @returns orders in the log's order, and how many were left out because of `until` and of `mostLines`; reason
 *   "amount_out_of_range", with the order's id, if an order is worth more than 2^53 − 1, up to which every sum is exact
 */
export function groupImportedOrders(
  lines: Iterable<OrderLineRecord>,
  {
    currency,
    findVariant,
    until,
    mostLines = Infinity,
  }: {
    currency: string;
    findVariant(sku: string): { variantGid: string; productGid: string } | undefined;
    until: Date | null;
    mostLines?: number;
  },
): Result<{ orders: OrderEvent[]; leftOut: number; tooLong: number }, "amount_out_of_range"> {
  const drafts = new Map<string, DraftOrder>();
  const tooLong = new Set<string>();
  for (const line of lines) {
    if (line.quantity <= 0 || tooLong.has(line.orderId)) continue;
    let draft = drafts.get(line.orderId);
    if (!draft) {
      draft = { first: line, lines: [] };
      drafts.set(line.orderId, draft);
    }
    if (draft.lines.length >= mostLines) {
      drafts.delete(line.orderId);
      tooLong.add(line.orderId);
      continue;
    }
    const variant = findVariant(line.itemKey);
    draft.lines.push({
      lineGid: null,
      variantGid: variant?.variantGid ?? null,
      productGid: variant?.productGid ?? null,
      sku: line.itemKey,
      title: line.title,
      quantity: line.quantity,
      unitPriceMinor: line.unitPriceMinor,
      discountMinor: 0,
      bundleDiscountMinor: 0,
      removedQuantity: line.exclusion === "refunded" ? line.quantity : 0,
      isGiftCard: line.exclusion === "gift_card",
    });
  }
  const untilMs = until?.getTime() ?? Infinity;
  const kept = [...drafts.values()].filter(({ first }) => first.placedAtMs < untilMs);
  const orders: OrderEvent[] = [];
  for (const { first, lines } of kept) {
    const totalMinor = merchandiseMinor(lines);
    if (!Number.isSafeInteger(totalMinor)) {
      return { ok: false, reason: "amount_out_of_range", detail: first.orderId };
    }
    const placedAt = new Date(first.placedAtMs).toISOString();
    orders.push({
      orderGid: `${IMPORT_GID_PREFIX}${first.orderId}`,
      placedAt,
      ...(typeof first.serviceAtMs === "number"
        ? { serviceAt: new Date(first.serviceAtMs).toISOString() }
        : {}),
      updatedAt: placedAt,
      currency,
      customerKey: first.customerKey,
      cancelledAt: first.exclusion === "cancelled" ? placedAt : null,
      isTest: first.exclusion === "test",
      arm: null,
      visitorKey: null,
      totalMinor,
      lines,
      refunds: [],
    });
  }
  return { ok: true, value: { orders, leftOut: drafts.size - kept.length, tooLong: tooLong.size } };
}
