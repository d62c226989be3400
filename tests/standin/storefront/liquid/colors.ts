import { Drop } from "liquidjs";

/** A colour of a theme's settings: prints as CSS and has its parts as properties. */
export class ColorDrop extends Drop {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly alpha: number;
  constructor([red, green, blue, alpha = 1]: readonly number[]) {
    super();
    [this.red, this.green, this.blue] = [red!, green!, blue!].map((part) =>
      Math.min(255, Math.max(0, Math.round(part))),
    ) as [number, number, number];
    this.alpha = alpha;
  }
  get rgb() {
    return `${this.red} ${this.green} ${this.blue}`;
  }
  get rgba() {
    return `${this.rgb} / ${this.alpha}`;
  }
  get brightness() {
    return (this.red * 299 + this.green * 587 + this.blue * 114) / 1000;
  }
  /** Relative luminance of the WCAG. */
  get luminance() {
    const [red, green, blue] = [this.red, this.green, this.blue].map((part) =>
      part <= 10 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    ) as [number, number, number];
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
  override valueOf() {
    return this.toString();
  }
  override toString() {
    const { red, green, blue, alpha } = this;
    if (alpha < 1) return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
    return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  }
}

/** Reads `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb(…)` and `rgba(…)`; null for any other text. */
export function toColor(value: unknown): ColorDrop | null {
  if (value instanceof ColorDrop) return value;
  const text = typeof value === "string" ? value.trim() : "";
  const [, hex] = /^#([0-9a-f]{3,8})$/i.exec(text) ?? [];
  if (hex !== undefined) {
    const pairs = hex.length < 6 ? [...hex].map((sign) => sign + sign) : hex.match(/../g)!;
    const [red, green, blue, alpha = 255] = pairs.map((pair) => parseInt(pair, 16));
    return new ColorDrop([red!, green!, blue!, Math.round((alpha / 255) * 100) / 100]);
  }
  const [, parts] = /^rgba?\(([^)]*)\)$/.exec(text) ?? [];
  return parts === undefined ? null : new ColorDrop(parts.split(/[\s,/]+/).map(Number));
}

const toward = (color: ColorDrop, goal: number, percent: unknown) => {
  const mix = (part: number) => part + ((goal - part) * Number(percent)) / 100;
  return new ColorDrop([mix(color.red), mix(color.green), mix(color.blue), color.alpha]);
};

/** Shopify's colour filters. Lightening mixes with white, which is close to Shopify's change of lightness. */
export const colorFilters: Readonly<Record<string, (value: unknown, ...rest: unknown[]) => unknown>> = {
  color_brightness: (value) => toColor(value)?.brightness ?? 0,
  color_lighten: (value, percent) => ifColor(value, (color) => toward(color, 255, percent)),
  color_darken: (value, percent) => ifColor(value, (color) => toward(color, 0, percent)),
  color_to_rgb: (value) => ifColor(value, ({ red, green, blue }) => `rgb(${red}, ${green}, ${blue})`),
  color_modify: (value, part, amount) =>
    ifColor(value, (color) => {
      const { red, green, blue, alpha } = color;
      const parts: Record<string, number> = { red, green, blue, alpha, [String(part)]: Number(amount) };
      return new ColorDrop(["red", "green", "blue", "alpha"].map((name) => parts[name]!));
    }),
  color_contrast: (value, other) => {
    const [a, b] = [toColor(value)?.luminance ?? 0, toColor(other)?.luminance ?? 0];
    return Math.round(((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)) * 10) / 10;
  },
};

function ifColor(value: unknown, act: (color: ColorDrop) => unknown): unknown {
  const color = toColor(value);
  return color ? act(color) : value;
}
