import { toLegacyId } from "#app/domain/ids.ts";
import { isOnlyVariant } from "#app/domain/collect/product-facts.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import type { Words } from "#app/locales/words.server.ts";
import { sumStock } from "./describe-stock-cover.server.ts";
import type { ComponentChoice } from "./read-component-choices.server.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";

interface Writing {
  /** Its .myshopify.com domain, which leads to whatever address it sells at. */
  readonly shop: string;
  readonly settings: ShopSettings;
  readonly format: ShopFormat;
  readonly words: Words;
}

interface KnownComponent extends ComponentChoice {
  readonly title: string;
  readonly productGid: string;
  readonly quantity: number;
  readonly imageUrl: string | null;
  readonly priceMinor: number;
}

/** A component as its row shows it: price and cost of the variant that the bundle names, stock of all that may fill it. */
export function describeComponent(component: KnownComponent, writing: Writing) {
  const { title, quantity, imageUrl, priceMinor, variant } = component;
  const { format } = writing;
  return {
    title,
    choice: describeChoice(component, writing),
    quantity,
    imageUrl,
    price: format.money(priceMinor),
    cost: describeCost(component, writing),
    stock: describeStock(component, writing),
    adminUrl: `shopify://admin/products/${toLegacyId(component.productGid)}`,
    shopUrl: variant?.product.handle ? `https://${writing.shop}/products/${variant.product.handle}` : null,
  };
}

/** How many variants shoppers may choose of, or the name of the one that it is where the title does not say it. */
function describeChoice({ title, variant, variants }: KnownComponent, { format, words: { t } }: Writing) {
  if (variants.length > 1) return t("server:choice", { variants: format.number(variants.length) });
  return variant && !isOnlyVariant(variant.title) && !title.includes(variant.title) ? variant.title : null;
}

function describeCost(
  { variant, priceMinor }: KnownComponent,
  { settings: { assumedMarginRatio, usesShopifyCosts }, format, words: { t } }: Writing,
): string {
  const known = usesShopifyCosts ? (variant?.costMinor ?? null) : null;
  if (known !== null) return format.money(known);
  return t("server:assumed", { cost: format.money(Math.round(priceMinor * (1 - assumedMarginRatio))) });
}

function describeStock({ variant, variants }: KnownComponent, { format, words: { t } }: Writing): string {
  if (!variant || variant.product.deletedAt) return t("server:stock.gone");
  if (variant.product.status !== "active") return t("server:stock.notOnSale");
  const units = sumStock(variants);
  if (units === null) return t("server:stock.notTracked");
  return units > 0 ? t("server:stock.onHand", { units: format.number(units) }) : t("server:stock.out");
}
