import { Drop } from "liquidjs";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type { ShopImage } from "#tests/standin/shop/shop-records.ts";

/** A picture in Liquid, which is its own preview, as Shopify's media are. */
export class ImageDrop extends Drop {
  readonly #image: ShopImage;
  constructor(image: ShopImage) {
    super();
    this.#image = image;
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
  get preview_image() {
    return this;
  }
}
