import { ProductDrop } from "./drops.ts";

const amount = (hundredths: number, currencyCode: string) => ({
  amount: (hundredths / 100).toFixed(2),
  currencyCode,
});

interface Listed {
  readonly id: number;
  readonly handle: string;
  readonly products_count: number;
}

/** Shopify's `standard_event_data: 'view'`: the data of a view event of a product, collection or cart. */
export function standardEventData(value: unknown, currency: string, given: object): object {
  if (value instanceof ProductDrop) {
    const { id, title, handle, vendor, type, price } = value;
    const product = { id: `gid://shopify/Product/${id}`, title, handle, vendor, productType: type };
    return {
      type: "product",
      context: "page",
      ...given,
      product: { ...product, price: amount(price, currency) },
    };
  }
  const { handle, products_count: productsCount } = (value ?? {}) as Partial<Listed>;
  if (handle !== undefined)
    return { type: "collection", collection: { id: null, handle, productsCount }, ...given };
  return { type: "cart", context: "page", ...given };
}

/** Shopify's `structured_data` of a product, of schema.org. */
export function structuredData(value: unknown, currency: string): object {
  if (!(value instanceof ProductDrop)) return {};
  const offers = value.variants.map(({ sku, price, available, url }) => ({
    "@type": "Offer",
    sku,
    url,
    price: (price / 100).toFixed(2),
    priceCurrency: currency,
    availability: `https://schema.org/${available ? "InStock" : "OutOfStock"}`,
  }));
  const { title: name, url, description, vendor } = value;
  const brand = { "@type": "Brand", name: vendor };
  return { "@context": "https://schema.org/", "@type": "Product", name, url, description, brand, offers };
}
