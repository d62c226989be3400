import { createHash } from "node:crypto";
import { toValue, type Liquid } from "liquidjs";
import { colorFilters } from "./colors.ts";
import { ProductDrop, VariantDrop } from "./drops.ts";
import { fontFilters } from "./fonts.ts";
import { ImageDrop, SizedImage } from "./image-drop.ts";
import { standardEventData, structuredData } from "./standard-data.ts";

/** Where a piece of Liquid finds its files and texts: in the theme or in an app's extension. */
interface LiquidHome {
  /** Prefix of asset addresses, with a slash at the end. */
  readonly assetsUrl: string;
  readonly currency: string;
  /** A text by its dotted key; null if there is none. */
  readonly translate: (key: string, values: Readonly<Record<string, unknown>>) => string | null;
  /** A file of the theme's assets; empty if there is none. */
  readonly readAsset?: (name: string) => string;
}

const SYMBOLS: Readonly<Record<string, string>> = { USD: "$", GBP: "£", EUR: "€" };

/** The sign of a currency, or its code and a space. */
export function symbolOf(currency: string): string {
  return SYMBOLS[currency] ?? `${currency} `;
}

/** Hundredths in the format for shoppers: (123450, "USD") → "$1,234.50". */
function formatMoney(hundredths: number, currency: string): string {
  const digits = (Math.abs(hundredths) / 100).toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return `${hundredths < 0 ? "-" : ""}${symbolOf(currency)}${digits}`;
}

const escape = (text: unknown) =>
  String(text ?? "").replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Attributes in the format of a tag, without those that are null. */
function writeAttributes(named: Readonly<Record<string, unknown>>): string {
  return Object.entries(named)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => ` ${name}="${escape(value)}"`)
    .join("");
}

type Filter = (value: unknown, ...rest: unknown[]) => unknown;

/** Registers Shopify's filters that themes and app blocks use here; an unknown filter fails loudly. */
export function registerFilters(engine: Liquid, home: LiquidHome): void {
  const money = (hundredths: unknown) => formatMoney(Number(hundredths ?? 0), home.currency);
  const assetUrl: Filter = (name) => `${home.assetsUrl}${String(name)}`;
  const translate: Filter = (key, ...named) => translateWith(home, key, toNamed(named));
  const filters: Record<string, Filter> = {
    ...colorFilters,
    ...fontFilters,
    ...htmlFilters,
    money,
    money_with_currency: (value) => `${money(value)} ${home.currency}`,
    money_without_currency: (value) => (Number(value ?? 0) / 100).toFixed(2),
    money_without_trailing_zeros: (value) => money(value).replace(/\.00$/, ""),
    unit_price_with_measurement: (value, measure) =>
      `${money(value)}/${String((measure as { reference_unit?: string })?.reference_unit ?? "")}`,
    asset_url: assetUrl,
    asset_img_url: assetUrl,
    shopify_asset_url: (name) => `/cdn/shopify/s/${String(name)}`,
    inline_asset_content: (name) => home.readAsset?.(String(name)) ?? "",
    json: (value) => toScriptSafeJson(value),
    structured_data: (value) => toScriptSafeJson(structuredData(value, home.currency)),
    standard_event_data: (value, _kind, ...named) =>
      JSON.stringify(standardEventData(value, home.currency, toNamed(named))),
    handleize,
    handle: handleize,
    t: translate,
    translate,
    md5: (value) => createHash("md5").update(String(value)).digest("hex"),
    pluralize: (count, one, many) => (Number(count) === 1 ? one : many),
    line_items_for: (cart, product) =>
      itemsOf(cart).filter(
        ({ product_id, variant_id }) =>
          (product instanceof VariantDrop ? variant_id : product_id) === idOf(product),
      ),
    item_count_for_variant: (cart, id) =>
      itemsOf(cart).reduce((sum, item) => sum + (item.variant_id === Number(id) ? item.quantity : 0), 0),
  };
  for (const [name, filter] of Object.entries(filters)) engine.registerFilter(name, filter);
  // Features that shoppers of this store never have: videos, models, addresses, customers, instalments.
  for (const name of [
    ...["media_tag", "video_tag", "external_video_tag", "external_video_url", "model_viewer_tag"],
    ...["payment_terms", "login_button", "avatar", "default_errors", "metafield_tag", "format_address"],
  ])
    engine.registerFilter(name, () => "");
}

const imageUrl: Filter = (value, ...named) => {
  const image = toImage(value);
  const { width, height } = toNamed(named);
  return image ? new SizedImage(image, toSize(width), toSize(height)) : "";
};

const htmlFilters: Readonly<Record<string, Filter>> = {
  stylesheet_tag: (url) => `<link href="${escape(url)}" rel="stylesheet" type="text/css" media="all">`,
  script_tag: (url) => `<script src="${escape(url)}" defer></script>`,
  preload_tag: (url, ...named) =>
    `<link href="${escape(url)}" rel="preload"${writeAttributes(toNamed(named))}>`,
  link_to: (text, url, ...named) =>
    `<a href="${escape(url)}"${writeAttributes(toNamed(named))}>${String(text)}</a>`,
  image_url: imageUrl,
  img_url: (value) => imageUrl(value),
  image_tag: (url, ...named) => {
    const { widths, ...attributes } = toNamed(named);
    const own = url instanceof SizedImage ? url.attributes(widths) : {};
    return `<img${writeAttributes({ src: url, ...own, ...attributes, preload: null })}>`;
  },
  placeholder_svg_tag: (_, name = "placeholder-svg") =>
    `<svg class="${escape(name)}" viewBox="0 0 1 1" preserveAspectRatio="xMaxYMid slice"></svg>`,
  payment_type_svg_tag: (name, ...named) =>
    `<svg${writeAttributes(toNamed(named))} viewBox="0 0 38 24" width="38" height="24" role="img" aria-label="${escape(name)}"><rect width="38" height="24" rx="3" fill="#fff" stroke="#ccc"/></svg>`,
  payment_button: () =>
    `<div data-shopify="payment-button" class="shopify-payment-button"><button type="button" style="width: 100%; border: 0" class="shopify-payment-button__button shopify-payment-button__button--unbranded">Buy it now</button></div>`,
  time_tag: (value) => `<time datetime="${escape(value)}">${escape(value)}</time>`,
  format_code: (value) => value,
  default_pagination: () => "",
};

/** Makes `'now' | date` return the shop's time, which differs from the computer's in a simulation. */
export function registerClock(engine: Liquid, nowMs: () => number): void {
  const date = engine.filters["date"];
  if (typeof date !== "function") throw new Error("the Liquid engine has no date filter");
  engine.registerFilter("date", function (value: unknown, ...rest: unknown[]): unknown {
    return date.call(this, value === "now" ? new Date(nowMs()) : value, ...rest) as unknown;
  });
}

/** LiquidJS passes `width: 300` as a pair; this makes one object of all pairs. */
function toNamed(args: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(
    args
      .filter((arg): arg is [string, unknown] => Array.isArray(arg) && arg.length === 2)
      // Liquid's `null` is an object here.
      .map(([name, value]) => [name, toValue(value) === null ? null : value]),
  );
}

function translateWith(home: LiquidHome, key: unknown, values: Record<string, unknown>): string {
  return home.translate(String(key), values) ?? `Translation missing: en.${String(key)}`;
}

function toImage(value: unknown): ImageDrop | null {
  if (value instanceof ImageDrop) return value;
  if (value instanceof VariantDrop) return value.image;
  if (value instanceof ProductDrop) return value.featured_image;
  return null;
}

const toSize = (value: unknown) => (value === undefined || value === null ? null : Number(value));

interface Item {
  readonly product_id: number;
  readonly variant_id: number;
  readonly quantity: number;
}

const itemsOf = (cart: unknown) => (cart as { items?: readonly Item[] } | null)?.items ?? [];
const idOf = (product: unknown) => (product as { id?: number } | null)?.id;

/** JSON that cannot close the script element around it. */
export function toScriptSafeJson(value: unknown): string {
  return JSON.stringify(value ?? null)
    .replace(/</g, "\\u003c")
    .replace(/\u2028|\u2029/g, "");
}

function handleize(text: unknown): string {
  return String(text ?? "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
