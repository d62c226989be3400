import { answer } from "./answer.ts";
import type { Request, Router } from "express";
import { isAvailable } from "#tests/standin/shop/catalogue.ts";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type { ShopProduct } from "#tests/standin/shop/shop-records.ts";
import { ProductDrop } from "./liquid/drops.ts";
import { collectionViewed, productViewed, searchSubmitted } from "./pixel-events.ts";
import type { Storefront } from "./storefront-context.ts";

const PAGE_SIZE = 24;
const FEATURED = 8;

/** The pages that a shopper browses: home, collections, search, products. */
export function addPageRoutes(router: Router, storefront: Storefront): void {
  const { state } = storefront;
  const drop = (product: ShopProduct) => new ProductDrop(state, product);

  router.get(
    "/",
    answer(async (request, response) => {
      const featured = listActive(storefront).filter(isForSale).slice(0, FEATURED).map(drop);
      await storefront.send(request, response, { template: "index", title: "Home", objects: { featured } });
    }),
  );

  router.get("/collections", (_, response) => response.redirect("/collections/all"));

  router.get(
    "/collections/:handle",
    answer(async (request, response, next) => {
      const handle = request.params["handle"] ?? "";
      const collection = [...state.catalogue.collections.values()].find((one) => one.handle === handle);
      if (!collection && handle !== "all") {
        next();
        return;
      }
      const members = collection ? new Set(collection.productGids) : null;
      const products = listActive(storefront).filter(({ gid }) => members === null || members.has(gid));
      const title = collection?.title ?? "All products";
      const { shown, paginate } = paginateList(request, products);
      await storefront.send(request, response, {
        template: "collection",
        title,
        objects: {
          paginate,
          collection: {
            title,
            handle,
            url: `/collections/${handle}`,
            filters: [],
            sort_options: [],
            products_count: products.length,
            all_products_count: products.length,
            products: shown.map(drop),
          },
        },
        events: [
          collectionViewed(
            { id: collection ? String(legacyId(collection.gid)) : "all", title },
            shown,
            state.currency,
          ),
        ],
      });
    }),
  );

  router.get(
    "/search",
    answer(async (request, response) => {
      const terms = String(request.query["q"] ?? "")
        .trim()
        .slice(0, 200);
      const found = terms === "" ? [] : searchProducts(listActive(storefront), terms);
      const { shown, paginate } = paginateList(request, found);
      await storefront.send(request, response, {
        template: "search",
        title: terms === "" ? "Search" : `Search: ${terms}`,
        objects: {
          paginate,
          search: {
            terms,
            performed: terms !== "",
            results_count: found.length,
            results: shown.map(drop),
            filters: [],
            sort_options: [],
          },
          collection: {
            title: terms === "" ? "Search" : `“${terms}”`,
            products_count: found.length,
            products: shown.map(drop),
          },
        },
        events: terms === "" ? [] : [searchSubmitted(terms, shown, state.currency)],
      });
    }),
  );

  router.get(
    "/recommendations/products",
    answer(async (request, response) => {
      const recommended = listActive(storefront)
        .filter(isForSale)
        .slice(0, Number(request.query["limit"]) || 4);
      const asked = state.catalogue.products.get(
        `gid://shopify/Product/${String(request.query["product_id"])}`,
      );
      const objects = {
        product: asked ? drop(asked) : null,
        recommendations: {
          performed: true,
          "performed?": true,
          products: recommended.map(drop),
          products_count: recommended.length,
          intent: request.query["intent"] ?? "related",
        },
      };
      await storefront.send(request, response, { template: "product", title: "", objects });
    }),
  );

  router.get(
    "/variants/:id",
    answer(async (request, response, next) => {
      const record = state.catalogue.variants.get(
        `gid://shopify/ProductVariant/${request.params["id"] ?? ""}`,
      );
      if (!record) {
        next();
        return;
      }
      const product = drop(state.catalogue.product(record.productGid));
      const objects = { product, product_variant: product.variantDrop(record) };
      await storefront.send(request, response, { template: "product", title: product.title, objects });
    }),
  );

  router.get("/products/:handle.js", (request, response, next) => {
    const product = findActive(storefront, request.params.handle);
    if (product) response.json(drop(product).toJSON());
    else next();
  });

  router.get(
    "/products/:handle",
    answer(async (request, response, next) => {
      const record = findActive(storefront, request.params["handle"] ?? "");
      if (!record) {
        next();
        return;
      }
      const optionValues = String(request.query["option_values"] ?? "")
        .split(",")
        .filter(Boolean)
        .map(Number);
      const product = new ProductDrop(state, record, Number(request.query["variant"]) || null, {
        optionValues,
      });
      const variant = product.selected_or_first_available_variant;
      await storefront.send(request, response, {
        template: "product",
        title: record.title,
        objects: { product },
        events: variant ? [productViewed(record, variant.record, state.currency)] : [],
      });
    }),
  );
}

function listActive({ state }: Storefront): ShopProduct[] {
  return [...state.catalogue.products.values()].filter(({ status }) => status === "ACTIVE");
}

function findActive({ state }: Storefront, handle: string): ShopProduct | null {
  const product = state.catalogue.findProductByHandle(handle);
  return product?.status === "ACTIVE" ? product : null;
}

function isForSale(product: ShopProduct): boolean {
  return !product.isGiftCard && product.variants.some((variant) => isAvailable(product, variant));
}

/** Products that contain every word of the terms; those whose title begins with the first word come first. */
function searchProducts(products: readonly ShopProduct[], terms: string): ShopProduct[] {
  const words = terms.toLowerCase().split(/\s+/);
  const rankOf = (product: ShopProduct) => (product.title.toLowerCase().startsWith(words[0]!) ? 0 : 1);
  return products
    .filter(({ title, productType, vendor, tags }) => {
      const text = [title, productType, vendor, ...tags].join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** One page of a list, by the query's `page`, with Shopify's `paginate` object. */
function paginateList(request: Request, products: readonly ShopProduct[]) {
  const pages = Math.max(1, Math.ceil(products.length / PAGE_SIZE));
  const current = Math.min(Math.max(1, Math.trunc(Number(request.query["page"])) || 1), pages);
  const linkTo = (page: number) => {
    const query = new URLSearchParams(request.query as Record<string, string>);
    query.set("page", String(page));
    return { title: String(page), url: `${request.path}?${query.toString()}` };
  };
  return {
    shown: products.slice((current - 1) * PAGE_SIZE, current * PAGE_SIZE),
    paginate: {
      current_page: current,
      pages,
      page_size: PAGE_SIZE,
      current_offset: (current - 1) * PAGE_SIZE,
      parts: Array.from({ length: pages }, (_, at) => ({ ...linkTo(at + 1), is_link: at + 1 !== current })),
      previous: current > 1 ? linkTo(current - 1) : null,
      next: current < pages ? linkTo(current + 1) : null,
    },
  };
}
