import { Drop } from "liquidjs";
import { isAvailable } from "#tests/standin/shop/catalogue.ts";
import { toHundredths } from "#tests/standin/shop/decimal.ts";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type { ShopMetafield, ShopProduct, ShopVariant } from "#tests/standin/shop/shop-records.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import { ImageDrop } from "./image-drop.ts";

/** `OWNER.metafields` of Liquid: `metafields['$app'].bundles.value`. */
export class MetafieldsDrop extends Drop {
  readonly #state: ShopState;
  readonly #ownerGid: string;
  constructor(state: ShopState, ownerGid: string) {
    super();
    this.#state = state;
    this.#ownerGid = ownerGid;
  }
  override liquidMethodMissing(namespace: string | number) {
    return new NamespaceDrop(this.#state, this.#ownerGid, String(namespace));
  }
}

class NamespaceDrop extends Drop {
  readonly #state: ShopState;
  readonly #ownerGid: string;
  readonly #namespace: string;
  constructor(state: ShopState, ownerGid: string, namespace: string) {
    super();
    this.#state = state;
    this.#ownerGid = ownerGid;
    this.#namespace = namespace;
  }
  override liquidMethodMissing(key: string | number) {
    const found = this.#state.app.findMetafield(this.#ownerGid, this.#namespace, String(key));
    return found ? { type: found.type, value: toLiquidValue(this.#state, found) } : null;
  }
}

/** A metafield's value in Liquid: parsed JSON, or the objects that references point to. */
function toLiquidValue(state: ShopState, { type, value }: ShopMetafield): unknown {
  if (type.endsWith("text_field")) return value;
  const parsed: unknown = JSON.parse(
    type.endsWith("_reference") && !type.startsWith("list.") ? JSON.stringify(value) : value,
  );
  if (!type.endsWith("_reference")) return parsed;
  const gids = (Array.isArray(parsed) ? parsed : [parsed]).map(String);
  // Liquid returns only objects that the online store can show; a draft's variant is not in the list.
  const drops = gids.flatMap((gid) => toReferenceDrop(state, gid) ?? []);
  // According to Shopify's reference, a list of references has a `count` and no `size`.
  return type.startsWith("list.") ? toPageable(drops, { count: drops.length }) : (drops[0] ?? null);
}

/** Times that a `for` runs over a list that `paginate` can split, where it does not. */
const MOST_LOOPED = 50;

/** A list that `paginate` can split. Shopify fetches no more of it than a `for` may see. */
export function toPageable<T>(
  list: readonly T[],
  { size, count }: { size?: number; count?: number } = {},
): T[] {
  return Object.assign(list.slice(0, MOST_LOOPED), { size, count });
}

function toReferenceDrop(state: ShopState, gid: string): Drop | null {
  const variant = state.catalogue.variants.get(gid);
  if (variant) {
    const product = state.catalogue.product(variant.productGid);
    return product.status === "ACTIVE" ? new ProductDrop(state, product).variantDrop(variant) : null;
  }
  const product = state.catalogue.products.get(gid);
  return product?.status === "ACTIVE" ? new ProductDrop(state, product) : null;
}

export class VariantDrop extends Drop {
  readonly record: ShopVariant;
  readonly product: ProductDrop;
  readonly #state: ShopState;
  constructor(state: ShopState, product: ProductDrop, record: ShopVariant) {
    super();
    this.#state = state;
    this.product = product;
    this.record = record;
  }
  get id() {
    return legacyId(this.record.gid);
  }
  get title() {
    return this.record.title;
  }
  get sku() {
    return this.record.sku;
  }
  get price() {
    return toHundredths(this.record.price);
  }
  get compare_at_price() {
    return this.record.compareAtPrice === null ? null : toHundredths(this.record.compareAtPrice);
  }
  get available() {
    return isAvailable(this.product.record, this.record);
  }
  get inventory_quantity() {
    return this.record.inventoryQuantity;
  }
  get inventory_policy() {
    return this.record.inventoryPolicy.toLowerCase();
  }
  get inventory_management() {
    return this.record.isTracked ? "shopify" : null;
  }
  get options() {
    return this.record.selectedOptions.map(({ value }) => value);
  }
  get option1() {
    return this.options[0] ?? null;
  }
  get option2() {
    return this.options[1] ?? null;
  }
  get option3() {
    return this.options[2] ?? null;
  }
  get image() {
    return this.record.image ? new ImageDrop(this.record.image) : null;
  }
  get featured_image() {
    return this.image;
  }
  get featured_media() {
    return this.image;
  }
  get url() {
    return `${this.product.url}?variant=${this.id}`;
  }
  get requires_shipping() {
    return !this.product.record.isGiftCard;
  }
  get requires_selling_plan() {
    return false;
  }
  get quantity_rule() {
    return { min: 1, max: null, increment: 1 };
  }
  get quantity_price_breaks() {
    return [];
  }
  get store_availabilities() {
    return [];
  }
  get selected(): boolean {
    return this.product.selected_variant === this;
  }
  get metafields() {
    return new MetafieldsDrop(this.#state, this.record.gid);
  }
  /** Shopify's `variant | json`. */
  toJSON() {
    const { id, title, sku, price, compare_at_price, available, options, option1, option2, option3 } = this;
    const name = `${this.product.title} - ${title}`;
    const shown = {
      featured_image: this.image,
      featured_media: this.image,
      quantity_rule: this.quantity_rule,
    };
    return {
      id,
      title,
      sku,
      name,
      price,
      compare_at_price,
      available,
      options,
      option1,
      option2,
      option3,
      ...shown,
    };
  }
}

/** One value of a product's option, which prints as its name. */
class OptionValueDrop extends Drop {
  readonly #product: ProductDrop;
  readonly #option: number;
  readonly #value: number;
  readonly name: string;
  constructor(product: ProductDrop, option: number, value: number) {
    super();
    this.#product = product;
    this.#option = option;
    this.#value = value;
    this.name = product.record.options[option]!.values[value]!;
  }
  get id() {
    return 1_000 + this.#option * 100 + this.#value;
  }
  get selected() {
    return this.#product.selected_or_first_available_variant?.options[this.#option] === this.name;
  }
  /** The variant after choosing this value, with the other options unchanged. */
  get variant() {
    const chosen = [...(this.#product.selected_or_first_available_variant?.options ?? [])];
    chosen[this.#option] = this.name;
    return (
      this.#product.variants.find(({ options }) => options.every((one, at) => one === chosen[at])) ?? null
    );
  }
  get available() {
    return this.variant?.available ?? false;
  }
  get product_url() {
    return null;
  }
  get swatch() {
    return null;
  }
  override valueOf() {
    return this.name;
  }
  override toString() {
    return this.name;
  }
  toJSON() {
    return this.name;
  }
}

/** The fields of Shopify's `product | json` that have the same names in this drop. */
const SUMMARY = [
  ...(["id", "title", "handle", "description", "type", "vendor", "tags"] as const),
  ...(["price", "price_min", "price_max", "available", "url"] as const),
];

export class ProductDrop extends Drop {
  readonly record: ShopProduct;
  readonly #state: ShopState;
  readonly #selectedVariantId: number | null;
  #variants: VariantDrop[] | null = null;
  /** @param options.optionValues ids of chosen option values, as pickers request a variant; it can be missing */
  constructor(
    state: ShopState,
    record: ShopProduct,
    selectedVariantId: number | null = null,
    { optionValues = [] }: { optionValues?: readonly number[] } = {},
  ) {
    super();
    this.#state = state;
    this.record = record;
    const names = optionValues.map((id) => record.options[Math.trunc((id % 1_000) / 100)]?.values[id % 100]);
    const asked = names.length
      ? this.variants.find(({ options }) => options.every((name, at) => name === names[at]))
      : null;
    this.#selectedVariantId = asked?.id ?? selectedVariantId;
  }
  variantDrop(variant: ShopVariant): VariantDrop {
    return (
      this.variants.find(({ record }) => record === variant) ?? new VariantDrop(this.#state, this, variant)
    );
  }
  get id() {
    return legacyId(this.record.gid);
  }
  get title() {
    return this.record.title;
  }
  get handle() {
    return this.record.handle;
  }
  get url() {
    return `/products/${this.record.handle}`;
  }
  get description() {
    return this.record.descriptionHtml;
  }
  get content() {
    return this.record.descriptionHtml;
  }
  get type() {
    return this.record.productType;
  }
  get vendor() {
    return this.record.vendor;
  }
  get tags() {
    return this.record.tags;
  }
  get variants(): VariantDrop[] {
    this.#variants ??= this.record.variants.map((variant) => new VariantDrop(this.#state, this, variant));
    return this.#variants;
  }
  get variants_count() {
    return this.variants.length;
  }
  get has_only_default_variant() {
    return this.record.variants.length === 1 && this.record.variants[0]?.title === "Default Title";
  }
  get selected_variant(): VariantDrop | null {
    return this.variants.find(({ id }) => id === this.#selectedVariantId) ?? null;
  }
  get first_available_variant() {
    return this.variants.find(({ available }) => available) ?? null;
  }
  get selected_or_first_available_variant() {
    return this.selected_variant ?? this.first_available_variant ?? this.variants[0] ?? null;
  }
  get available() {
    return this.first_available_variant !== null;
  }
  get price() {
    return this.price_min;
  }
  get price_min() {
    return Math.min(...this.variants.map(({ price }) => price));
  }
  get price_max() {
    return Math.max(...this.variants.map(({ price }) => price));
  }
  get price_varies() {
    return this.price_min !== this.price_max;
  }
  get compare_at_price() {
    return this.selected_or_first_available_variant?.compare_at_price ?? null;
  }
  get compare_at_price_varies() {
    return new Set(this.variants.map(({ compare_at_price: price }) => price)).size > 1;
  }
  get options() {
    return this.record.options.map(({ name }) => name);
  }
  get options_with_values() {
    return this.record.options.map(({ name, values }, index) => ({
      name,
      position: index + 1,
      values: values.map((_, at) => new OptionValueDrop(this, index, at)),
      selected_value: this.selected_or_first_available_variant?.options[index] ?? null,
    }));
  }
  get images() {
    return this.record.images.map((image, index) => new ImageDrop(image, index + 1));
  }
  get media() {
    return this.images;
  }
  get featured_image() {
    return this.images[0] ?? null;
  }
  get featured_media() {
    return this.featured_image;
  }
  get "gift_card?"() {
    return this.record.isGiftCard;
  }
  get requires_selling_plan() {
    return false;
  }
  get selling_plan_groups() {
    return [];
  }
  get metafields() {
    return new MetafieldsDrop(this.#state, this.record.gid);
  }
  /** Shopify's `product | json`, and the body of /products/HANDLE.js. */
  toJSON() {
    const images = this.images.map(({ src }) => src);
    const summary = Object.fromEntries(SUMMARY.map((name) => [name, this[name]]));
    return { ...summary, images, options: this.options_with_values, variants: this.variants };
  }
}
