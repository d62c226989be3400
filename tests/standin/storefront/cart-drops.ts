import { Drop } from "liquidjs";
import { ProductDrop, type VariantDrop } from "./liquid/drops.ts";
import { symbolOf } from "./liquid/filters.ts";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import type { CartDiscount, PricedCart, PricedLine } from "./price-cart.ts";

/** Liquid's `discount_application`. */
function toApplication({ title, amount, isCode }: CartDiscount) {
  return {
    title,
    type: isCode ? "discount_code" : "automatic",
    value: amount,
    value_type: "fixed_amount",
    allocation_method: "across",
    target_selection: isCode ? "all" : "explicit",
    target_type: "line_item",
    total_allocated_amount: amount,
  };
}

/** One line of a cart, in Liquid and, through `toJSON`, in the Ajax API. Money in hundredths. */
class LineItemDrop extends Drop {
  readonly line: PricedLine;
  readonly product: ProductDrop;
  readonly variant: VariantDrop;
  readonly line_level_discount_allocations: {
    amount: number;
    discount_application: ReturnType<typeof toApplication>;
  }[];
  constructor(state: ShopState, line: PricedLine, discounts: readonly CartDiscount[]) {
    super();
    this.line = line;
    this.product = new ProductDrop(state, line.product, legacyId(line.variant.gid));
    this.variant = this.product.variantDrop(line.variant);
    this.line_level_discount_allocations = line.allocations.map(({ discountIndex, amount }) => ({
      amount,
      discount_application: toApplication(discounts[discountIndex]!),
    }));
  }
  get key() {
    return this.line.key;
  }
  get id() {
    return this.variant.id;
  }
  get variant_id() {
    return this.variant.id;
  }
  get product_id() {
    return this.product.id;
  }
  get title() {
    const { title, has_only_default_variant } = this.product;
    return has_only_default_variant ? title : `${title} - ${this.variant.title}`;
  }
  get product_title() {
    return this.product.title;
  }
  get variant_title() {
    return this.product.has_only_default_variant ? null : this.variant.title;
  }
  get sku() {
    return this.variant.sku;
  }
  get vendor() {
    return this.product.vendor;
  }
  get quantity() {
    return this.line.quantity;
  }
  get properties() {
    return this.line.properties;
  }
  get price() {
    return this.line.unitPrice;
  }
  get original_price() {
    return this.line.unitPrice;
  }
  get final_price() {
    return Math.round(this.line.finalLineTotal / this.line.quantity);
  }
  get original_line_price() {
    return this.line.lineTotal;
  }
  get line_price() {
    return this.line.finalLineTotal;
  }
  get final_line_price() {
    return this.line.finalLineTotal;
  }
  get total_discount() {
    return this.line.lineTotal - this.line.finalLineTotal;
  }
  get discount_allocations() {
    return this.line_level_discount_allocations;
  }
  get url() {
    return this.variant.url;
  }
  get image() {
    return this.variant.image ?? this.product.featured_image;
  }
  get options_with_values() {
    return this.product.has_only_default_variant
      ? []
      : this.line.variant.selectedOptions.map(({ name, value }) => ({ name, value }));
  }
  get gift_card() {
    return this.line.product.isGiftCard;
  }
  get requires_shipping() {
    return !this.gift_card;
  }
  get selling_plan_allocation() {
    return null;
  }
  get url_to_remove() {
    return `/cart/change?id=${encodeURIComponent(this.key)}&quantity=0`;
  }
  get instructions() {
    return { can_remove: true, can_update_quantity: true };
  }
  /** The line as /cart.js shows it. */
  toJSON() {
    const {
      id,
      variant_id,
      product_id,
      key,
      title,
      product_title,
      variant_title,
      sku,
      vendor,
      quantity,
      properties,
    } = this;
    const { price, original_price, final_price, original_line_price, line_price, final_line_price } = this;
    const { total_discount, url, gift_card, requires_shipping, options_with_values } = this;
    return {
      id,
      variant_id,
      product_id,
      key,
      title,
      product_title,
      variant_title,
      sku,
      vendor,
      quantity,
      properties,
      price,
      original_price,
      discounted_price: final_price,
      final_price,
      line_price,
      original_line_price,
      final_line_price,
      total_discount,
      url,
      gift_card,
      requires_shipping,
      options_with_values,
      handle: this.product.handle,
      image: this.image?.src ?? null,
      featured_image: this.image ? { url: this.image.src, alt: this.image.alt } : null,
      discounts: this.line_level_discount_allocations.map(
        ({ amount, discount_application: { title: name } }) => ({
          amount,
          title: name,
        }),
      ),
      line_level_discount_allocations: this.line_level_discount_allocations,
    };
  }
}

/** The cart of a shopper, in Liquid and, through `toJSON`, as /cart.js. Money in hundredths. */
export class CartDrop extends Drop {
  readonly priced: PricedCart;
  readonly items: LineItemDrop[];
  readonly #currency: string;
  constructor(state: ShopState, priced: PricedCart) {
    super();
    this.priced = priced;
    this.#currency = state.currency;
    this.items = priced.lines.map((line) => new LineItemDrop(state, line, priced.discounts));
  }
  /** Lets `cart == empty` test its items. */
  override valueOf() {
    return this.items;
  }
  get token() {
    return this.priced.token;
  }
  get note() {
    return this.priced.note;
  }
  get attributes() {
    return this.priced.attributes;
  }
  get item_count() {
    return this.items.reduce((sum, { quantity }) => sum + quantity, 0);
  }
  get "empty?"() {
    return this.items.length === 0;
  }
  get total_price() {
    return this.priced.total;
  }
  get original_total_price() {
    return this.priced.originalTotal;
  }
  get items_subtotal_price() {
    return this.priced.total;
  }
  get total_discount() {
    return this.priced.discountTotal;
  }
  get currency() {
    return { iso_code: this.#currency, symbol: symbolOf(this.#currency).trim() };
  }
  get requires_shipping() {
    return this.items.some(({ requires_shipping }) => requires_shipping);
  }
  get cart_level_discount_applications() {
    return [];
  }
  get discount_applications() {
    return this.priced.discounts.map(toApplication);
  }
  get checkout_charge_amount() {
    return this.total_price;
  }
  get taxes_included() {
    return true;
  }
  toJSON() {
    const { token, note, attributes, items, item_count, total_price, original_total_price, total_discount } =
      this;
    const { items_subtotal_price, requires_shipping, cart_level_discount_applications } = this;
    return {
      token,
      note,
      attributes,
      original_total_price,
      total_price,
      total_discount,
      total_weight: 0,
      item_count,
      items,
      requires_shipping,
      currency: this.#currency,
      items_subtotal_price,
      cart_level_discount_applications,
    };
  }
}
