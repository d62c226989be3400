import { randomBytes } from "node:crypto";
import type { Catalogue } from "./catalogue.ts";
import { toDecimal, toHundredths } from "./decimal.ts";
import type { ShopClock } from "./shop-clock.ts";
import type {
  ChangeOptions,
  NewLineItem,
  NewOrder,
  ShopCart,
  ShopLineItem,
  ShopOrder,
  ShopRefund,
} from "./shop-records.ts";
import { toOrderEditPayload, toOrderPayload, toRefundPayload } from "./webhook-payloads.ts";

/** Orders, refunds and carts. Every change raises the webhooks to which the app subscribes. */
export class OrderBook {
  readonly orders = new Map<string, ShopOrder>();
  readonly carts = new Map<string, ShopCart>();
  readonly currency: string;
  readonly #clock: ShopClock;
  readonly #catalogue: Catalogue;

  constructor(clock: ShopClock, catalogue: Catalogue, currency: string) {
    this.#clock = clock;
    this.#catalogue = catalogue;
    this.currency = currency;
  }

  /** Places an order and takes its units out of stock. `isSilent` loads history: no webhook, no stock taken. */
  create(input: NewOrder, { isSilent = false }: ChangeOptions = {}): ShopOrder {
    const placedAtMs = input.placedAtMs ?? this.#clock.now();
    const order: ShopOrder = {
      gid: this.#clock.nextGid("Order"),
      name: `#${1001 + this.orders.size}`,
      createdAtMs: placedAtMs,
      processedAtMs: placedAtMs,
      updatedAtMs: placedAtMs,
      cancelledAtMs: null,
      cancelReason: null,
      isTest: input.isTest ?? false,
      currency: this.currency,
      financialStatus: input.financialStatus ?? "PAID",
      sourceName: input.sourceName ?? "web",
      customerGid: input.customerGid ?? null,
      cartToken: input.cartToken ?? null,
      checkoutToken: input.checkoutToken ?? null,
      noteAttributes: [...(input.noteAttributes ?? [])],
      lines: input.lines.map((line) => this.#toLine(line)),
      discountApplications: [...(input.discountApplications ?? [])],
      refunds: [],
    };
    this.orders.set(order.gid, order);
    if (isSilent) return order;
    for (const { variantGid, quantity } of order.lines) {
      if (variantGid !== null && this.#catalogue.variants.has(variantGid)) {
        this.#catalogue.adjustInventory(variantGid, { delta: -quantity });
      }
    }
    this.#clock.emit({ topic: "orders/create", payload: toOrderPayload(order) });
    return order;
  }

  cancel(gid: string, reason = "customer", { isSilent = false }: ChangeOptions = {}): ShopOrder {
    const order = this.#touch(gid);
    order.cancelledAtMs = order.updatedAtMs;
    order.cancelReason = reason;
    order.financialStatus = "VOIDED";
    if (!isSilent) this.#emitOrder(order, "orders/cancelled", "orders/updated");
    return order;
  }

  /** Refunds units of lines at their discounted price; without `lines` everything that is left. */
  refund(
    gid: string,
    lines?: { lineItemGid: string; quantity: number }[],
    { isSilent = false, isRestocked = true }: ChangeOptions & { isRestocked?: boolean } = {},
  ): ShopRefund {
    const order = this.#touch(gid);
    const wanted =
      lines ?? order.lines.map((line) => ({ lineItemGid: line.gid, quantity: line.currentQuantity }));
    const refunded = wanted
      .filter(({ quantity }) => quantity > 0)
      .map(({ lineItemGid, quantity }) => {
        const line = order.lines.find((candidate) => candidate.gid === lineItemGid);
        if (!line) throw new Error(`order ${gid} has no line ${lineItemGid}`);
        if (quantity > line.currentQuantity)
          throw new Error(`line ${lineItemGid} has ${line.currentQuantity} left`);
        return { line, quantity, subtotalMinor: Math.round((netMinor(line) * quantity) / line.quantity) };
      });
    for (const { line, quantity } of refunded) line.currentQuantity -= quantity;
    const refund: ShopRefund = {
      gid: this.#clock.nextGid("Refund"),
      createdAtMs: order.updatedAtMs,
      note: null,
      amount: toDecimal(refunded.reduce((sum, { subtotalMinor }) => sum + subtotalMinor, 0)),
      lines: refunded.map(({ line, quantity, subtotalMinor }) => ({
        gid: this.#clock.nextGid("RefundLineItem"),
        lineItemGid: line.gid,
        quantity,
        subtotal: toDecimal(subtotalMinor),
        isRestocked,
      })),
    };
    order.refunds.push(refund);
    order.financialStatus = order.lines.every((line) => line.currentQuantity === 0)
      ? "REFUNDED"
      : "PARTIALLY_REFUNDED";
    if (isSilent) return refund;
    if (isRestocked) {
      for (const { line, quantity } of refunded) {
        if (line.variantGid !== null && this.#catalogue.variants.has(line.variantGid)) {
          this.#catalogue.adjustInventory(line.variantGid, { delta: quantity });
        }
      }
    }
    this.#clock.emit({ topic: "refunds/create", payload: toRefundPayload(order, refund) });
    this.#emitOrder(order, "orders/updated");
    return refund;
  }

  /** Adds lines to a placed order, as the merchant does under "Edit order". */
  edit(gid: string, added: NewLineItem[], { isSilent = false }: ChangeOptions = {}): ShopOrder {
    const order = this.#touch(gid);
    const lines = added.map((line) => this.#toLine(line));
    order.lines.push(...lines);
    if (isSilent) return order;
    const payload = toOrderEditPayload(order, lines, this.#clock.nextGid("OrderEdit"));
    this.#clock.emit(
      { topic: "orders/edited", payload },
      { topic: "orders/updated", payload: toOrderPayload(order) },
    );
    return order;
  }

  /** Raises orders/updated without a change of the items: a tag, a note, a fulfilment. */
  touch(gid: string): ShopOrder {
    const order = this.#touch(gid);
    this.#emitOrder(order, "orders/updated");
    return order;
  }

  /** Saves a cart as it is now. */
  saveCart(cart: Omit<ShopCart, "createdAtMs" | "updatedAtMs">): ShopCart {
    const known = this.carts.get(cart.token);
    const nowMs = this.#clock.now();
    const saved: ShopCart = { ...cart, createdAtMs: known?.createdAtMs ?? nowMs, updatedAtMs: nowMs };
    this.carts.set(cart.token, saved);
    return saved;
  }

  newToken(): string {
    return randomBytes(16).toString("hex");
  }

  /** @throws Error if the shop has no such order */
  order(gid: string): ShopOrder {
    const order = this.orders.get(gid);
    if (!order) throw new Error(`no order ${gid}`);
    return order;
  }

  #touch(gid: string): ShopOrder {
    const order = this.order(gid);
    order.updatedAtMs = Math.max(this.#clock.now(), order.updatedAtMs + 1_000);
    return order;
  }

  #emitOrder(order: ShopOrder, ...topics: string[]): void {
    const payload = toOrderPayload(order);
    this.#clock.emit(...topics.map((topic) => ({ topic, payload })));
  }

  #toLine(input: NewLineItem): ShopLineItem {
    const variant = input.variantGid === null ? undefined : this.#catalogue.variant(input.variantGid);
    const product = variant && this.#catalogue.product(variant.productGid);
    const title = input.title ?? product?.title;
    const price = input.price ?? variant?.price;
    if (title === undefined || price === undefined)
      throw new Error("a manual line needs a title and a price");
    return {
      gid: this.#clock.nextGid("LineItem"),
      variantGid: variant?.gid ?? null,
      productGid: product?.gid ?? null,
      sku: input.sku ?? variant?.sku ?? "",
      title,
      variantTitle: variant && variant.title !== "Default Title" ? variant.title : null,
      quantity: input.quantity,
      currentQuantity: input.quantity,
      price,
      isGiftCard: input.isGiftCard ?? product?.isGiftCard ?? false,
      requiresShipping: !(input.isGiftCard ?? product?.isGiftCard ?? false),
      properties: [...(input.properties ?? [])],
      discountAllocations: [...(input.discountAllocations ?? [])],
    };
  }
}

/** Total of a line after its discounts, in hundredths. */
export function netMinor(line: ShopLineItem): number {
  return toHundredths(line.price) * line.quantity - discountMinor(line);
}

/** All discounts of a line, in hundredths. */
export function discountMinor(line: ShopLineItem): number {
  return line.discountAllocations.reduce((sum, { amount }) => sum + toHundredths(amount), 0);
}
