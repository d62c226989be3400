import { isAvailable } from "#tests/standin/shop/catalogue.ts";
import { toHundredths } from "#tests/standin/shop/decimal.ts";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type {
  ShopCollection,
  ShopImage,
  ShopProduct,
  ShopVariant,
} from "#tests/standin/shop/shop-records.ts";
import { toImageUrl } from "#tests/standin/shop/webhook-payloads.ts";
import { toIso, type AdminContext, type Resolvers } from "./admin-context.ts";
import { toConnection, type PageArgs } from "./connection.ts";
import { compileSearch, type SearchFields } from "./search-query.ts";
import { findNode } from "./find-node.ts";
import { metafieldFields } from "./metafield-resolvers.ts";

type ListArgs = PageArgs & { query?: string | null; sortKey?: string | null };

interface InventoryItem {
  readonly __typename: "InventoryItem";
  readonly variant: ShopVariant;
}

export function toInventoryItem(variant: ShopVariant): InventoryItem {
  return { __typename: "InventoryItem", variant };
}

const PRODUCT_SEARCH: SearchFields<ShopProduct> = {
  id: ({ gid }) => legacyId(gid),
  updated_at: ({ updatedAtMs }) => updatedAtMs,
  created_at: ({ createdAtMs }) => createdAtMs,
  status: ({ status }) => status,
  handle: ({ handle }) => handle,
  title: ({ title }) => title,
  vendor: ({ vendor }) => vendor,
  product_type: ({ productType }) => productType,
  tag: ({ tags }) => tags,
  gift_card: ({ isGiftCard }) => isGiftCard,
  sku: ({ variants }) => variants.map(({ sku }) => sku),
};

const VARIANT_SEARCH: SearchFields<ShopVariant> = {
  id: ({ gid }) => legacyId(gid),
  product_id: ({ productGid }) => legacyId(productGid),
  sku: ({ sku }) => sku,
  updated_at: ({ updatedAtMs }) => updatedAtMs,
};

const PRODUCT_ORDER: Record<string, (product: ShopProduct) => number | string> = {
  ID: ({ gid }) => legacyId(gid),
  UPDATED_AT: ({ updatedAtMs }) => updatedAtMs,
  CREATED_AT: ({ createdAtMs }) => createdAtMs,
  TITLE: ({ title }) => title,
  VENDOR: ({ vendor }) => vendor,
  PRODUCT_TYPE: ({ productType }) => productType,
};

function listProducts(records: Iterable<ShopProduct>, args: ListArgs, { isBulk }: AdminContext) {
  const isWanted = compileSearch(args.query, PRODUCT_SEARCH);
  const keyOf = PRODUCT_ORDER[args.sortKey ?? "ID"] ?? PRODUCT_ORDER["ID"]!;
  return toConnection([...records].filter(isWanted), args, { keyOf, idOf: ({ gid }) => gid, isBulk });
}

function listVariants(records: Iterable<ShopVariant>, args: ListArgs, { isBulk }: AdminContext) {
  const isWanted = compileSearch(args.query, VARIANT_SEARCH);
  const keyOf = (variant: ShopVariant) =>
    args.sortKey === "POSITION" ? variant.position : legacyId(variant.gid);
  return toConnection([...records].filter(isWanted), args, { keyOf, idOf: ({ gid }) => gid, isBulk });
}

/** A MediaImage and a plain Image are two views of one record. */
const toMedia = (image: ShopImage) => ({
  __typename: "MediaImage",
  id: image.gid.replace("/ProductImage/", "/MediaImage/"),
  alt: image.altText,
  mediaContentType: "IMAGE",
  status: "READY",
  image,
  preview: { image, status: "READY" },
});

const listImages = (product: ShopProduct, args: PageArgs, { isBulk }: AdminContext) =>
  toConnection(product.images, args, {
    keyOf: (image) => product.images.indexOf(image),
    idOf: ({ gid }) => gid,
    isBulk,
  });

function priceRange({ variants }: ShopProduct, { state }: AdminContext) {
  const sorted = variants.map(({ price }) => price).sort((a, b) => toHundredths(a) - toHundredths(b));
  const money = (amount: string | undefined) => ({ amount, currencyCode: state.currency });
  return { minVariantPrice: money(sorted[0]), maxVariantPrice: money(sorted.at(-1)) };
}

export const catalogueResolvers: Resolvers = {
  QueryRoot: {
    product: (_: unknown, { id }: { id: string }, { state }) => state.catalogue.products.get(id) ?? null,
    productByIdentifier: (
      _: unknown,
      { identifier }: { identifier: { id?: string; handle?: string } },
      { state },
    ) =>
      identifier.id !== undefined
        ? (state.catalogue.products.get(identifier.id) ?? null)
        : state.catalogue.findProductByHandle(identifier.handle ?? ""),
    products: (_: unknown, args: ListArgs, context) =>
      listProducts(context.state.catalogue.products.values(), args, context),
    productsCount: (_: unknown, { query }: { query?: string | null }, { state }) => ({
      count: [...state.catalogue.products.values()].filter(compileSearch(query, PRODUCT_SEARCH)).length,
      precision: "EXACT",
    }),
    productVariant: (_: unknown, { id }: { id: string }, { state }) =>
      state.catalogue.variants.get(id) ?? null,
    productVariants: (_: unknown, args: ListArgs, context) =>
      listVariants(context.state.catalogue.variants.values(), args, context),
    inventoryItem: (_: unknown, { id }: { id: string }, { state }) => {
      const variant = state.catalogue.findVariantByInventoryItem(id);
      return variant && toInventoryItem(variant);
    },
    inventoryItems: (_: unknown, args: ListArgs, { state, isBulk }) => {
      const isWanted = compileSearch(args.query, VARIANT_SEARCH);
      const items = [...state.catalogue.variants.values()].filter(isWanted).map(toInventoryItem);
      return toConnection(items, args, {
        keyOf: ({ variant }) => legacyId(variant.inventoryItemGid),
        idOf: ({ variant }) => variant.inventoryItemGid,
        isBulk,
      });
    },
    collection: (_: unknown, { id }: { id: string }, { state }) =>
      state.catalogue.collections.get(id) ?? null,
    collections: (_: unknown, args: ListArgs, { state, isBulk }) => {
      const isWanted = compileSearch<ShopCollection>(args.query, {
        id: ({ gid }) => legacyId(gid),
        title: ({ title }) => title,
        handle: ({ handle }) => handle,
      });
      const found = [...state.catalogue.collections.values()].filter(isWanted);
      return toConnection(found, args, { keyOf: ({ gid }) => legacyId(gid), idOf: ({ gid }) => gid, isBulk });
    },
    node: (_: unknown, { id }: { id: string }, context) => findNode(id, context),
    nodes: (_: unknown, { ids }: { ids: string[] }, context) => ids.map((id) => findNode(id, context)),
  },
  Product: {
    ...metafieldFields(({ gid }: ShopProduct) => gid),
    id: ({ gid }: ShopProduct) => gid,
    legacyResourceId: ({ gid }: ShopProduct) => String(legacyId(gid)),
    description: ({ descriptionHtml }: ShopProduct) => descriptionHtml.replace(/<[^>]*>/g, ""),
    createdAt: ({ createdAtMs }: ShopProduct) => toIso(createdAtMs),
    updatedAt: ({ updatedAtMs }: ShopProduct) => toIso(updatedAtMs),
    publishedAt: ({ status, createdAtMs }: ShopProduct) => (status === "ACTIVE" ? toIso(createdAtMs) : null),
    featuredImage: ({ images }: ShopProduct) => images[0] ?? null,
    featuredMedia: ({ images }: ShopProduct) => (images[0] ? toMedia(images[0]) : null),
    images: listImages,
    media: (product: ShopProduct, args: PageArgs, context) => {
      const { edges, pageInfo } = listImages(product, args, context);
      const media = edges.map(({ node, cursor }) => ({ node: toMedia(node), cursor }));
      return { edges: media, nodes: media.map(({ node }) => node), pageInfo };
    },
    onlineStoreUrl: ({ status, handle }: ShopProduct, _: unknown, { state }) =>
      status === "ACTIVE" ? `https://${state.domain}/products/${handle}` : null,
    hasOnlyDefaultVariant: ({ variants }: ShopProduct) =>
      variants.length === 1 && variants[0]?.title === "Default Title",
    options: ({ gid, options }: ShopProduct) =>
      options.map((option, index) => ({
        id: `gid://shopify/ProductOption/${legacyId(gid)}${index}`,
        position: index + 1,
        ...option,
      })),
    priceRangeV2: (product: ShopProduct, _: unknown, context) => priceRange(product, context),
    totalInventory: ({ variants }: ShopProduct) =>
      variants.reduce(
        (sum, { isTracked, inventoryQuantity }) => sum + (isTracked ? inventoryQuantity : 0),
        0,
      ),
    tracksInventory: ({ variants }: ShopProduct) => variants.some(({ isTracked }) => isTracked),
    variantsCount: ({ variants }: ShopProduct) => ({ count: variants.length, precision: "EXACT" }),
    variants: ({ variants }: ShopProduct, args: ListArgs, context) => listVariants(variants, args, context),
    collections: ({ gid }: ShopProduct, args: PageArgs, { state, isBulk }) => {
      const found = [...state.catalogue.collections.values()].filter(({ productGids }) =>
        productGids.includes(gid),
      );
      return toConnection(found, args, {
        keyOf: (collection) => legacyId(collection.gid),
        idOf: (collection) => collection.gid,
        isBulk,
      });
    },
  },
  ProductVariant: {
    ...metafieldFields(({ gid }: ShopVariant) => gid),
    id: ({ gid }: ShopVariant) => gid,
    legacyResourceId: ({ gid }: ShopVariant) => String(legacyId(gid)),
    createdAt: ({ createdAtMs }: ShopVariant) => toIso(createdAtMs),
    updatedAt: ({ updatedAtMs }: ShopVariant) => toIso(updatedAtMs),
    displayName: (variant: ShopVariant, _: unknown, { state }) =>
      `${state.catalogue.product(variant.productGid).title} - ${variant.title}`,
    product: ({ productGid }: ShopVariant, _: unknown, { state }) => state.catalogue.product(productGid),
    inventoryItem: (variant: ShopVariant) => toInventoryItem(variant),
    availableForSale: (variant: ShopVariant, _: unknown, { state }) =>
      isAvailable(state.catalogue.product(variant.productGid), variant),
    sellableOnlineQuantity: ({ isTracked, inventoryQuantity }: ShopVariant) =>
      isTracked ? Math.max(0, inventoryQuantity) : 0,
    media: ({ image }: ShopVariant, args: PageArgs, { isBulk }) =>
      toConnection(image ? [toMedia(image)] : [], args, { keyOf: () => 0, idOf: ({ id }) => id, isBulk }),
  },
  InventoryItem: {
    id: ({ variant }: InventoryItem) => variant.inventoryItemGid,
    legacyResourceId: ({ variant }: InventoryItem) => String(legacyId(variant.inventoryItemGid)),
    sku: ({ variant }: InventoryItem) => variant.sku,
    tracked: ({ variant }: InventoryItem) => variant.isTracked,
    requiresShipping: ({ variant }: InventoryItem, _: unknown, { state }) =>
      !state.catalogue.product(variant.productGid).isGiftCard,
    createdAt: ({ variant }: InventoryItem) => toIso(variant.createdAtMs),
    updatedAt: ({ variant }: InventoryItem) => toIso(variant.updatedAtMs),
    unitCost: ({ variant }: InventoryItem, _: unknown, { state }) =>
      variant.unitCost === null ? null : { amount: variant.unitCost, currencyCode: state.currency },
    locationsCount: () => ({ count: 1, precision: "EXACT" }),
    variants: ({ variant }: InventoryItem, args: ListArgs, context) => listVariants([variant], args, context),
  },
  Image: {
    id: ({ gid }: ShopImage) => gid,
    url: ({ url }: ShopImage, _: unknown, { state }) => toImageUrl(url, state.catalogue.imageBaseUrl),
  },
  Collection: {
    ...metafieldFields(({ gid }: ShopCollection) => gid),
    id: ({ gid }: ShopCollection) => gid,
    legacyResourceId: ({ gid }: ShopCollection) => String(legacyId(gid)),
    productsCount: ({ productGids }: ShopCollection) => ({ count: productGids.length, precision: "EXACT" }),
    products: ({ productGids }: ShopCollection, args: ListArgs, context) =>
      listProducts(
        productGids.map((gid) => context.state.catalogue.product(gid)),
        args,
        context,
      ),
  },
};
