import { Drop } from "liquidjs";
import { isAvailable } from "#tests/standin/shop/catalogue.ts";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type { ShopProduct } from "#tests/standin/shop/shop-records.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import { ProductDrop, toPageable } from "./liquid/drops.ts";
import { symbolOf } from "./liquid/filters.ts";

/** Shopify's `routes` object. */
const ROUTES = {
  root_url: "/",
  all_products_collection_url: "/collections/all",
  collections_url: "/collections",
  search_url: "/search",
  predictive_search_url: "/search/suggest",
  product_recommendations_url: "/recommendations/products",
  account_url: "/account",
  account_login_url: "/account/login",
  cart_url: "/cart",
  cart_add_url: "/cart/add",
  cart_change_url: "/cart/change",
  cart_update_url: "/cart/update",
  cart_clear_url: "/cart/clear",
};

/** Shopify's `template`, which prints as its name. */
export class TemplateDrop extends Drop {
  readonly name: string;
  constructor(name: string) {
    super();
    this.name = name;
  }
  override valueOf() {
    return this.name;
  }
  override toString() {
    return this.name;
  }
}

/** Products by handle, created on access. */
class ProductsDrop extends Drop {
  readonly #state: ShopState;
  constructor(state: ShopState) {
    super();
    this.#state = state;
  }
  override liquidMethodMissing(handle: string | number) {
    const product = this.#state.catalogue.findProductByHandle(String(handle));
    return product?.status === "ACTIVE" ? new ProductDrop(this.#state, product) : null;
  }
}

/** Liquid's objects of the whole store, the same on every page. */
export function storeObjects(
  state: ShopState,
  { origin, locale, country }: { origin: string; locale: string; country: string },
): object {
  const currency = { iso_code: state.currency, symbol: symbolOf(state.currency).trim() };
  const money = `${symbolOf(state.currency)}{{amount}}`;
  const isForSale = (product: ShopProduct) =>
    product.status === "ACTIVE" && product.variants.some((variant) => isAvailable(product, variant));
  const drawn = (products: Iterable<ShopProduct>) => {
    const forSale = [...products].filter(isForSale);
    const drops = forSale.map((product) => new ProductDrop(state, product));
    return toPageable(drops, { size: drops.length });
  };
  const collections = [...state.catalogue.collections.values()].map(
    ({ gid, title, handle, productGids }) => ({
      id: legacyId(gid),
      title,
      handle,
      url: `/collections/${handle}`,
      products_count: productGids.length,
      all_products_count: productGids.length,
      get products() {
        return drawn(productGids.map((one) => state.catalogue.product(one)));
      },
    }),
  );
  const all = {
    id: 0,
    title: "Products",
    handle: "all",
    url: "/collections/all",
    get products() {
      return drawn(state.catalogue.products.values());
    },
  };
  const links = [
    { title: "Home", url: "/" },
    { title: "Shop all", url: "/collections/all" },
    ...collections.slice(0, 4),
  ];
  const menu = (handle: string, title: string) => ({
    handle,
    title,
    levels: 1,
    links: links.map((link) => ({
      title: link.title,
      url: link.url,
      links: [],
      levels: 0,
      type: "http_link",
      handle: link.title.toLowerCase().replaceAll(" ", "-"),
    })),
  });
  const here = { iso_code: country, name: "United States", currency };
  const language = {
    iso_code: locale,
    name: "English",
    endonym_name: "English",
    root_url: "/",
    primary: true,
  };
  return {
    shop: {
      name: state.name,
      permanent_domain: state.domain,
      domain: state.domain,
      url: origin,
      currency: state.currency,
      money_format: money,
      money_with_currency_format: `${money} ${state.currency}`,
      description: "",
      customer_accounts_enabled: false,
      policies: [],
      features: {},
      enabled_payment_types: ["american_express", "master", "paypal", "visa"],
    },
    routes: ROUTES,
    localization: {
      language,
      available_languages: [language],
      country: here,
      available_countries: [here],
    },
    linklists: { "main-menu": menu("main-menu", "Main menu"), footer: menu("footer", "Footer menu") },
    collections: Object.assign(
      toPageable(collections, { size: collections.length }),
      Object.fromEntries([...collections, all].map((one) => [one.handle, one])),
    ),
    all_products: new ProductsDrop(state),
    powered_by_link: "",
  };
}
