import { type ShopClock, legacyId } from "./shop-clock.ts";
import type {
  ChangeOptions,
  NewProduct,
  NewVariant,
  ShopCollection,
  ShopImage,
  ShopProduct,
  ShopVariant,
} from "./shop-records.ts";
import { toInventoryLevelPayload, toProductPayload } from "./webhook-payloads.ts";

type ProductChanges = Partial<
  Pick<
    ShopProduct,
    "title" | "handle" | "descriptionHtml" | "productType" | "vendor" | "tags" | "status" | "isGiftCard"
  >
>;
type VariantChanges = Partial<
  Pick<
    ShopVariant,
    "title" | "sku" | "price" | "compareAtPrice" | "unitCost" | "isTracked" | "inventoryPolicy"
  >
>;

/** Products, variants, stock and collections. Every change raises the webhooks that Shopify would send. */
export class Catalogue {
  readonly products = new Map<string, ShopProduct>();
  readonly variants = new Map<string, ShopVariant>();
  readonly collections = new Map<string, ShopCollection>();
  readonly locationGid: string;
  /** Prefix for the path of an image on the storefront, so that other pages can show it. */
  imageBaseUrl = "";
  readonly #variantByInventoryItem = new Map<string, ShopVariant>();
  readonly #productByHandle = new Map<string, ShopProduct>();
  readonly #clock: ShopClock;

  constructor(clock: ShopClock) {
    this.#clock = clock;
    this.locationGid = clock.nextGid("Location");
  }

  addProduct(input: NewProduct, { isSilent = false }: ChangeOptions = {}): ShopProduct {
    if (input.variants.length === 0) throw new Error(`product "${input.title}" needs at least one variant`);
    const createdAtMs = input.createdAtMs ?? this.#clock.now();
    const gid = this.#clock.nextGid("Product");
    const handle = this.#freeHandle(input.handle ?? toHandle(input.title));
    const images = (input.images ?? []).map((image) => this.#toImage(image));
    const product: ShopProduct = {
      gid,
      createdAtMs,
      updatedAtMs: createdAtMs,
      handle,
      title: input.title,
      descriptionHtml: input.descriptionHtml ?? "",
      productType: input.productType ?? "",
      vendor: input.vendor ?? "",
      tags: [...(input.tags ?? [])],
      status: input.status ?? "ACTIVE",
      isGiftCard: input.isGiftCard ?? false,
      images,
      options: input.options ?? [{ name: "Title", values: ["Default Title"] }],
      variants: input.variants.map((variant, index) =>
        this.#toVariant(gid, variant, index + 1, createdAtMs, images[0] ?? null),
      ),
    };
    this.products.set(gid, product);
    this.#productByHandle.set(handle, product);
    for (const variant of product.variants) {
      this.variants.set(variant.gid, variant);
      this.#variantByInventoryItem.set(variant.inventoryItemGid, variant);
    }
    if (!isSilent)
      this.#clock.emit({ topic: "products/create", payload: toProductPayload(product, this.imageBaseUrl) });
    return product;
  }

  updateProduct(gid: string, changes: ProductChanges, { isSilent = false }: ChangeOptions = {}): ShopProduct {
    const product = this.product(gid);
    if (changes.handle !== undefined && changes.handle !== product.handle) {
      if (this.#productByHandle.has(changes.handle)) throw new Error(`handle "${changes.handle}" is taken`);
      this.#productByHandle.delete(product.handle);
      this.#productByHandle.set(changes.handle, product);
    }
    Object.assign(product, changes);
    product.updatedAtMs = this.#later(product.updatedAtMs);
    if (!isSilent)
      this.#clock.emit({ topic: "products/update", payload: toProductPayload(product, this.imageBaseUrl) });
    return product;
  }

  updateVariant(gid: string, changes: VariantChanges, { isSilent = false }: ChangeOptions = {}): ShopVariant {
    const variant = this.variant(gid);
    const product = this.product(variant.productGid);
    Object.assign(variant, changes);
    product.updatedAtMs = variant.updatedAtMs = this.#later(product.updatedAtMs);
    if (!isSilent)
      this.#clock.emit({ topic: "products/update", payload: toProductPayload(product, this.imageBaseUrl) });
    return variant;
  }

  deleteProduct(gid: string, { isSilent = false }: ChangeOptions = {}): void {
    const product = this.product(gid);
    this.products.delete(gid);
    this.#productByHandle.delete(product.handle);
    for (const variant of product.variants) {
      this.variants.delete(variant.gid);
      this.#variantByInventoryItem.delete(variant.inventoryItemGid);
    }
    for (const collection of this.collections.values()) {
      collection.productGids = collection.productGids.filter((member) => member !== gid);
    }
    // Shopify's own payload of this topic contains the number and nothing else.
    if (!isSilent) this.#clock.emit({ topic: "products/delete", payload: { id: legacyId(gid) } });
  }

  /**
   * Changes a variant's stock by `delta`, or sets it with `available`. Untracked variants stay unchanged. The
   * product's payload contains the quantity, so its webhook is sent in addition to that of the level.
   */
  adjustInventory(
    variantGid: string,
    change: { delta: number } | { available: number },
    { isSilent = false }: ChangeOptions = {},
  ): void {
    const variant = this.variant(variantGid);
    if (!variant.isTracked) return;
    const product = this.product(variant.productGid);
    variant.inventoryQuantity =
      "delta" in change ? variant.inventoryQuantity + change.delta : change.available;
    product.updatedAtMs = variant.updatedAtMs = this.#later(product.updatedAtMs);
    if (isSilent) return;
    this.#clock.emit(
      { topic: "inventory_levels/update", payload: toInventoryLevelPayload(variant, this.locationGid) },
      { topic: "products/update", payload: toProductPayload(product, this.imageBaseUrl) },
    );
  }

  /** Raises products/update for a change outside the product's own fields, for example to a metafield. */
  touchProduct(gid: string): void {
    this.updateProduct(gid, {});
  }

  addCollection(input: Omit<ShopCollection, "gid">): ShopCollection {
    const collection = { ...input, gid: this.#clock.nextGid("Collection") };
    this.collections.set(collection.gid, collection);
    return collection;
  }

  changeCollection(gid: string, productGids: readonly string[]): void {
    this.collections.get(gid)!.productGids = [...productGids];
    this.#clock.emit({
      topic: "collections/update",
      payload: { id: legacyId(gid), admin_graphql_api_id: gid },
    });
  }

  removeCollection(gid: string): void {
    this.collections.delete(gid);
    this.#clock.emit({ topic: "collections/delete", payload: { id: legacyId(gid) } });
  }

  /** @throws Error if the shop has no such product */
  product(gid: string): ShopProduct {
    const product = this.products.get(gid);
    if (!product) throw new Error(`no product ${gid}`);
    return product;
  }

  /** @throws Error if the shop has no such variant */
  variant(gid: string): ShopVariant {
    const variant = this.variants.get(gid);
    if (!variant) throw new Error(`no variant ${gid}`);
    return variant;
  }

  findProductByHandle(handle: string): ShopProduct | null {
    return this.#productByHandle.get(handle) ?? null;
  }

  findVariantByInventoryItem(inventoryItemGid: string): ShopVariant | null {
    return this.#variantByInventoryItem.get(inventoryItemGid) ?? null;
  }

  #toVariant(
    productGid: string,
    input: NewVariant,
    position: number,
    createdAtMs: number,
    firstImage: ShopImage | null,
  ): ShopVariant {
    const selectedOptions = input.selectedOptions ?? [{ name: "Title", value: "Default Title" }];
    return {
      gid: this.#clock.nextGid("ProductVariant"),
      productGid,
      inventoryItemGid: this.#clock.nextGid("InventoryItem"),
      createdAtMs,
      updatedAtMs: createdAtMs,
      title: input.title ?? selectedOptions.map(({ value }) => value).join(" / "),
      sku: input.sku,
      price: input.price,
      compareAtPrice: input.compareAtPrice ?? null,
      unitCost: input.unitCost ?? null,
      position,
      selectedOptions,
      image: input.image ? this.#toImage(input.image) : firstImage,
      isTracked: input.isTracked ?? true,
      inventoryQuantity: input.inventoryQuantity ?? 0,
      inventoryPolicy: input.inventoryPolicy ?? "DENY",
    };
  }

  #toImage(image: Omit<ShopImage, "gid">): ShopImage {
    return { ...image, gid: this.#clock.nextGid("ProductImage") };
  }

  #freeHandle(wanted: string): string {
    let handle = wanted;
    for (let suffix = 1; this.#productByHandle.has(handle); suffix += 1) handle = `${wanted}-${suffix}`;
    return handle;
  }

  /** `updated_at` increases with every change, so that readers can order changes by it. */
  #later(previousMs: number): number {
    return Math.max(this.#clock.now(), previousMs + 1_000);
  }
}

/** Whether a shopper can buy `quantity` of it now. */
export function isAvailable(product: ShopProduct, variant: ShopVariant, quantity = 1): boolean {
  if (product.status !== "ACTIVE") return false;
  return (
    !variant.isTracked || variant.inventoryPolicy === "CONTINUE" || variant.inventoryQuantity >= quantity
  );
}

function toHandle(title: string): string {
  const handle = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return handle === "" ? "product" : handle;
}
