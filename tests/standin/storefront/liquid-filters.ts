import { type Liquid } from "liquidjs";
import { ProductDrop, VariantDrop } from "./drops.ts";
import { ImageDrop } from "./image-drop.ts";

/** Where a piece of Liquid looks for its files and texts: the theme's, or an app's extension. */
interface LiquidHome {
  /** Prefix of asset addresses, with a slash at the end. */
  readonly assetsUrl: string;
  readonly currency: string;
  /** A text by its dotted key; null where there is none. */
  readonly translate: (key: string, values: Readonly<Record<string, unknown>>) => string | null;
}

const SYMBOLS: Readonly<Record<string, string>> = { USD: "$", GBP: "£", EUR: "€" };

/** Hundredths as shoppers read them: (123450, "USD") → "$1,234.50". */
function formatMoney(hundredths: number, currency: string): string {
  const digits = (Math.abs(hundredths) / 100).toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return `${hundredths < 0 ? "-" : ""}${SYMBOLS[currency] ?? `${currency} `}${digits}`;
}

/** Registers Shopify's filters that themes and app blocks use here; an unknown one fails loudly. */
export function registerFilters(engine: Liquid, home: LiquidHome): void {
  const escape = (text: unknown) =>
    String(text ?? "").replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const money = (hundredths: unknown) => formatMoney(Number(hundredths ?? 0), home.currency);
  const assetUrl = (name: unknown) => `${home.assetsUrl}${String(name)}`;
  const attributes = (named: readonly unknown[]) =>
    Object.entries(toNamed(named))
      .filter(
        ([name, value]) => value !== null && value !== undefined && !["preload", "widths"].includes(name),
      )
      .map(([name, value]) => ` ${name}="${escape(value)}"`)
      .join("");

  engine.registerFilter("money", money);
  engine.registerFilter("money_with_currency", (value) => `${money(value)} ${home.currency}`);
  engine.registerFilter("money_without_currency", (value) => (Number(value ?? 0) / 100).toFixed(2));
  engine.registerFilter("money_without_trailing_zeros", (value) => money(value).replace(/\.00$/, ""));
  engine.registerFilter("asset_url", assetUrl);
  engine.registerFilter("asset_img_url", assetUrl);
  engine.registerFilter(
    "stylesheet_tag",
    (url) => `<link href="${escape(url)}" rel="stylesheet" media="all">`,
  );
  engine.registerFilter("script_tag", (url) => `<script src="${escape(url)}" defer></script>`);
  engine.registerFilter("json", (value) => toScriptSafeJson(value));
  engine.registerFilter("handleize", handleize);
  engine.registerFilter("handle", handleize);
  engine.registerFilter("t", (key, ...named) => translateWith(home, key, toNamed(named)));
  engine.registerFilter("translate", (key, ...named) => translateWith(home, key, toNamed(named)));
  const imageUrl = (value: unknown, ...named: readonly unknown[]) => {
    const image = toImage(value);
    if (!image) return "";
    const { width, height } = toNamed(named);
    const sizes = Object.entries({ width, height }).filter(([, size]) => size !== undefined);
    const query = sizes.map(([name, size]) => `${name}=${encodeURIComponent(String(size))}`).join("&");
    return query ? `${image.src}${image.src.includes("?") ? "&" : "?"}${query}` : image.src;
  };
  engine.registerFilter("image_url", imageUrl);
  engine.registerFilter("img_url", (value) => imageUrl(value));
  engine.registerFilter("image_tag", (url, ...named) => `<img src="${escape(url)}"${attributes(named)}>`);
  engine.registerFilter("link_to", (text, url) => `<a href="${escape(url)}">${escape(text)}</a>`);
  engine.registerFilter("pluralize", (count, one, many) => (Number(count) === 1 ? one : many));
  engine.registerFilter(
    "placeholder_svg_tag",
    (_, name = "placeholder") => `<svg class="${escape(name)}" viewBox="0 0 1 1"></svg>`,
  );
}

/** Lets `'now' | date` tell the shop's time, which in a simulation is not the computer's. */
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
    args.filter((arg): arg is [string, unknown] => Array.isArray(arg) && arg.length === 2),
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

/** JSON that cannot end the script element it stands in. */
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
