import type { Api } from "@shopify/ui-extensions/purchase.thank-you.block.render";
import { chooseOffer, type BoughtProduct } from "./choose-offer.ts";

/** The parts of the order API that both pages share. */
type PageApi = Pick<Api, "lines" | "attributes" | "localization" | "query" | "i18n">;

const MOST_PRODUCTS = 20;
/** Cart attribute in which the theme block records the arm. */
const ARM_ATTRIBUTE = "_bundlesmith";

const QUERY = `query Bought($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Product {
      id
      onlineStoreUrl
      availableForSale
      rules: metafield(namespace: "$app", key: "offers") { value }
    }
  }
}`;

interface Answer {
  readonly nodes: readonly (
    (Omit<BoughtProduct, "rules"> & { readonly rules: { readonly value: string } | null }) | null
  )[];
}

/** Called by Shopify on both pages; draws the next offer, or nothing. */
export default async function drawNextOffer(): Promise<void> {
  await draw((globalThis as unknown as { shopify: PageApi }).shopify, document);
}

/**
 * Draws with Shopify's components, which match the page. The holdout gets no offer, because the checkout gives it no
 * discount.
 */
export async function draw(api: PageApi, page: Document): Promise<void> {
  const arm = api.attributes.value?.find(({ key }) => key === ARM_ATTRIBUTE)?.value;
  if (arm?.startsWith("h:")) return;
  const merchandise = api.lines.value.map((line) => line.merchandise);
  const ids = [...new Set(merchandise.map(({ product }) => product.id))].slice(0, MOST_PRODUCTS);
  if (ids.length === 0) return;
  const { data } = await api.query<Answer>(QUERY, { variables: { ids } });
  const products = (data?.nodes ?? []).flatMap((node) =>
    node?.id ? [{ ...node, rules: node.rules?.value ?? null }] : [],
  );
  const lines = merchandise.map(({ id, product }) => ({
    variant: numberOf(id),
    product: numberOf(product.id),
  }));
  const { country, language, timezone } = api.localization;
  const offer = chooseOffer(products, lines, {
    country: country.value?.isoCode,
    language: language.value.isoCode,
    today: toDay(new Date(), timezone.value),
  });
  if (!offer) return;
  const section = page.createElement("s-section");
  section.setAttribute("heading", api.i18n.translate("heading"));
  const title = page.createElement("s-paragraph");
  title.textContent = offer.title;
  const link = page.createElement("s-link");
  link.setAttribute("href", offer.url);
  link.textContent = api.i18n.translate("link");
  section.append(title, link);
  page.body.append(section);
}

const numberOf = (gid: string) => gid.split("/").at(-1)!;

/** The date in a time zone as the number 20261124. */
function toDay(at: Date, timeZone: string): number {
  return Number(
    new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone }).format(at).replaceAll("-", ""),
  );
}
