/*
 * Shopify's module of standard events as themes import it (`@shopify/events`): event classes with their payload on
 * the event, and the base class of elements that report views.
 */
export const StandardEvents = {
  pageView: "shopify:page:view",
  productView: "shopify:product:view",
  productSelect: "shopify:product:select",
  cartView: "shopify:cart:view",
  cartError: "shopify:cart:error",
  cartLinesUpdate: "shopify:cart:lines-update",
  cartNoteUpdate: "shopify:cart:note-update",
  cartDiscountUpdate: "shopify:cart:discount-update",
  searchUpdate: "shopify:search:update",
  collectionView: "shopify:collection:view",
  collectionUpdate: "shopify:collection:update",
};

export class ShopifyStandardEvent extends Event {
  static createGid = (type, id) =>
    String(id).startsWith("gid:") ? String(id) : `gid://shopify/${type}/${id}`;
  static createPromise() {
    const deferred = {};
    deferred.promise = new Promise((resolve, reject) => Object.assign(deferred, { resolve, reject }));
    return deferred;
  }
  static createCartFromAjaxResponse = (cart) => {
    const toPrice = (amount) => ({ amount: (amount / 100).toFixed(2), currencyCode: cart.currency });
    return {
      id: `gid://shopify/Cart/${cart.token}`,
      totalQuantity: cart.item_count,
      cost: { totalAmount: toPrice(cart.total_price) },
      lines: cart.items.map(({ key, quantity, final_line_price }) => ({
        id: key,
        quantity,
        cost: { totalAmount: toPrice(final_line_price) },
      })),
      discountCodes: [],
    };
  };
  static parseProductFilters = () => undefined;
  static getSortKey = () => undefined;
  constructor(type, payload) {
    super(type, { bubbles: true, composed: true });
    Object.assign(this, payload);
  }
}

const eventOf = (eventName) =>
  class extends ShopifyStandardEvent {
    static eventName = eventName;
    constructor(payload) {
      super(eventName, payload);
    }
  };

export const PageViewEvent = eventOf(StandardEvents.pageView);
export const ProductViewEvent = eventOf(StandardEvents.productView);
export const CartViewEvent = eventOf(StandardEvents.cartView);
export const CartErrorEvent = eventOf(StandardEvents.cartError);
export const CartLinesUpdateEvent = eventOf(StandardEvents.cartLinesUpdate);
export const CartNoteUpdateEvent = eventOf(StandardEvents.cartNoteUpdate);
export const CartDiscountUpdateEvent = eventOf(StandardEvents.cartDiscountUpdate);
export const SearchUpdateEvent = eventOf(StandardEvents.searchUpdate);
export const CollectionViewEvent = eventOf(StandardEvents.collectionView);
export const CollectionUpdateEvent = eventOf(StandardEvents.collectionUpdate);

/** The promise's variant always has its full id, whatever the theme resolves it with. */
export class ProductSelectEvent extends eventOf(StandardEvents.productSelect) {
  constructor({ promise, product, ...payload }) {
    const toGid = ShopifyStandardEvent.createGid;
    super({
      ...payload,
      product: { ...product, id: toGid("Product", product.id) },
      promise: promise.then((result) =>
        result.variant
          ? { ...result, variant: { ...result.variant, id: toGid("ProductVariant", result.variant.id) } }
          : result,
      ),
    });
  }
}

const VIEWS = { product: ProductViewEvent, cart: CartViewEvent, collection: CollectionViewEvent };

export const createViewEventElement = (Base = HTMLElement, { defaultTrigger = "connect" } = {}) =>
  class extends Base {
    connectedCallback() {
      super.connectedCallback?.();
      const trigger = this.getAttribute("view-event-trigger") ?? defaultTrigger;
      if (trigger === "connect") this.dispatchViewEvent();
      if (trigger !== "intersect") return;
      const observer = new IntersectionObserver(([entry]) => {
        if (!entry.isIntersecting) return;
        observer.disconnect();
        this.dispatchViewEvent();
      });
      observer.observe(this);
    }
    disconnectedCallback() {
      super.disconnectedCallback?.();
    }
    dispatchViewEvent() {
      const text = this.getAttribute("view-event-payload");
      if (!text) return;
      const { type, ...payload } = JSON.parse(text);
      if (VIEWS[type]) this.dispatchEvent(new VIEWS[type](payload));
    }
  };
