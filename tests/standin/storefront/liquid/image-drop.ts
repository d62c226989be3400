import { Drop } from "liquidjs";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type { ShopImage } from "#tests/standin/shop/shop-records.ts";

/** A picture in Liquid, which is its own preview, as Shopify's media are. */
export class ImageDrop extends Drop {
  readonly #image: ShopImage;
  readonly position: number;
  constructor(image: ShopImage, position = 1) {
    super();
    this.#image = image;
    this.position = position;
  }
  get id() {
    return legacyId(this.#image.gid);
  }
  get src() {
    return this.#image.url;
  }
  get alt() {
    return this.#image.altText;
  }
  get width() {
    return this.#image.width;
  }
  get height() {
    return this.#image.height;
  }
  get aspect_ratio() {
    return this.#image.width / this.#image.height;
  }
  get media_type() {
    return "image";
  }
  get presentation() {
    return { focal_point: "50.0% 50.0%" };
  }
  get preview_image() {
    return this;
  }
  override toString() {
    return this.src;
  }
  toJSON() {
    const { id, src, alt, width, height, aspect_ratio, media_type, position } = this;
    return { id, src, alt, width, height, aspect_ratio, media_type, position };
  }
}

const DEFAULT_WIDTHS = [352, 832, 1200, 1920];

/** The address of a picture in a size, from which `image_tag` can still find the picture. */
export class SizedImage extends Drop {
  readonly #image: ImageDrop;
  readonly #width: number | null;
  readonly #height: number | null;
  constructor(image: ImageDrop, width: number | null, height: number | null) {
    super();
    this.#image = image;
    this.#width = width;
    this.#height = height;
  }
  #urlAt(width: number | null, height: number | null = null): string {
    const { src } = this.#image;
    const sizes = Object.entries({ width, height }).filter(([, size]) => size !== null);
    const query = sizes.map(([name, size]) => `${name}=${size}`).join("&");
    return query ? `${src}${src.includes("?") ? "&" : "?"}${query}` : src;
  }
  /** `width`, `height`, `alt` and `srcset` as Shopify writes them unless the theme sets them. */
  attributes(widths: unknown): Record<string, unknown> {
    const { aspect_ratio: ratio, alt } = this.#image;
    const width = this.#width ?? (this.#height ? Math.round(this.#height * ratio) : this.#image.width);
    const asked = widths === undefined ? DEFAULT_WIDTHS : String(widths).split(",").map(Number);
    const listed = asked.filter((one) => one > 0 && one <= width);
    const srcset = [...listed, width].map((one) => `${this.#urlAt(one)} ${one}w`).join(", ");
    return { alt: alt ?? "", srcset, width, height: this.#height ?? Math.round(width / ratio) };
  }
  override valueOf() {
    return this.toString();
  }
  override toString() {
    return this.#urlAt(this.#width, this.#height);
  }
}
