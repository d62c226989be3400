import { Drop } from "liquidjs";

const SERIF = /serif|garamond|playfair|lora|merriweather|times|georgia|bodoni|baskerville/;

/**
 * A font of a theme's settings by its handle, such as `work_sans_n4`. Its file is not included, so browsers use their
 * own font.
 */
export class FontDrop extends Drop {
  readonly handle: string;
  readonly weight: number;
  readonly style: string;
  constructor(handle: string, weight: number, style: string) {
    super();
    this.handle = handle;
    this.weight = weight;
    this.style = style;
  }
  get family() {
    return this.handle.replace(
      /(^|_)(\w)/g,
      (_, gap: string, sign: string) => (gap && " ") + sign.toUpperCase(),
    );
  }
  get fallback_families() {
    return SERIF.test(this.handle) && !this.handle.includes("sans") ? "serif" : "sans-serif";
  }
  get "system?"() {
    return this.handle.startsWith("system");
  }
  get url() {
    return `/cdn/fonts/${this.handle}_${this.style[0]!}${this.weight / 100}.woff2`;
  }
  override toString() {
    return this.family;
  }
}

export function toFont(handle: unknown): FontDrop | null {
  const [, name, style, weight] = /^(\w+)_([nio])(\d)$/.exec(String(handle)) ?? [];
  return name ? new FontDrop(name, Number(weight) * 100, style === "n" ? "normal" : "italic") : null;
}

/** Shopify's filters of fonts. */
export const fontFilters: Readonly<Record<string, (value: unknown, ...rest: unknown[]) => unknown>> = {
  font_url: (font) => (font instanceof FontDrop ? font.url : ""),
  font_face: (font) =>
    font instanceof FontDrop
      ? `@font-face { font-family: "${font.family}"; font-weight: ${font.weight}; font-style: ${font.style}; font-display: swap; src: local("${font.family}"); }`
      : "",
  font_modify: (font, part, value) => {
    if (!(font instanceof FontDrop)) return null;
    if (part === "style") return new FontDrop(font.handle, font.weight, String(value));
    const weight =
      value === "bold" ? 700 : /^[+-]/.test(String(value)) ? font.weight + Number(value) : Number(value);
    return new FontDrop(font.handle, weight || font.weight, font.style);
  },
};
