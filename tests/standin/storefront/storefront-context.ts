import type { Request, Response } from "express";
import { join } from "node:path";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import { readThemeExtension, type BlockSettings, type ThemeExtension } from "./app-blocks.ts";
import { CartDrop } from "./cart-drops.ts";
import { findCart, keepCart } from "./cart-session.ts";
import type { CartContent } from "./change-cart.ts";
import { MetafieldsDrop } from "./drops.ts";
import {
  priceCart,
  readDiscountFunction,
  SHOPPER_COUNTRY,
  type DiscountFunction,
  type PricedCart,
} from "./price-cart.ts";
import { Theme } from "./theme-engine.ts";
import { pixelTags, type PageEvent } from "./web-pixel.ts";

/** Sections that hold app blocks, by template: what a merchant set up in the theme editor. */
const BLOCK_SECTIONS: Readonly<Record<string, string>> = { product: "main-product", cart: "main-cart" };

const MOST_SECTIONS = 5;

/** Shopify's `routes` object. */
const ROUTES = {
  root_url: "/",
  all_products_collection_url: "/collections/all",
  collections_url: "/collections",
  search_url: "/search",
  cart_url: "/cart",
  cart_add_url: "/cart/add",
  cart_change_url: "/cart/change",
  cart_update_url: "/cart/update",
  cart_clear_url: "/cart/clear",
};

export interface Page {
  /** Shopify's template name, and the file in theme/templates. */
  readonly template: "index" | "collection" | "product" | "cart" | "search" | "404";
  readonly title: string;
  /** Liquid objects of this page beside the global ones. */
  readonly objects?: Readonly<Record<string, unknown>>;
  readonly events?: readonly PageEvent[];
}

/** The running storefront of one shop: what every one of its routes needs. */
export class Storefront {
  readonly state: ShopState;
  readonly theme: Theme;
  /** The checkout's pages are Shopify's own, whichever theme the shop has. */
  readonly checkoutTheme: Theme;
  readonly extensionsFolder: string;
  readonly extension: ThemeExtension | null;
  readonly locale: string;
  #discountFunction: Promise<DiscountFunction> | null = null;

  constructor(
    state: ShopState,
    {
      extensionsFolder,
      locale,
      themeFolder,
      blockSettings,
    }: { extensionsFolder: string; locale: string; themeFolder: string; blockSettings: BlockSettings },
  ) {
    this.state = state;
    this.locale = locale;
    this.theme = new Theme(state.currency, themeFolder);
    this.checkoutTheme = new Theme(state.currency);
    this.extensionsFolder = extensionsFolder;
    this.extension = readThemeExtension(join(extensionsFolder, "bundle-offer"), {
      currency: state.currency,
      locale,
      blockSettings,
      timeZone: state.timeZone,
      nowMs: () => state.clock.now(),
    });
  }

  /** The cart with today's discounts, by the app's own Function. */
  async price(cart: CartContent): Promise<PricedCart> {
    this.#discountFunction ??= readDiscountFunction(this.extensionsFolder);
    const discountFunction = await this.#discountFunction;
    return priceCart(this.state, cart, { discountFunction, locale: this.locale });
  }

  async pricedCartOf(request: Request): Promise<PricedCart> {
    return this.price(findCart(this.state, request));
  }

  /** Keeps a changed cart and returns it priced. */
  async keep(response: Response, cart: CartContent): Promise<PricedCart> {
    return this.price(keepCart(this.state, response, cart));
  }

  /** The Liquid objects of a page, with the app's blocks rendered into the sections that hold them. */
  async globals(request: Request, page: Page, cart: PricedCart): Promise<object> {
    const { state } = this;
    const origin = `${request.protocol}://${request.get("host") ?? "localhost"}`;
    const base = {
      shop: {
        name: state.name,
        permanent_domain: state.domain,
        domain: state.domain,
        url: origin,
        currency: state.currency,
        money_format: "{{amount}}",
      },
      cart: new CartDrop(state, cart),
      routes: ROUTES,
      request: {
        design_mode: false,
        host: request.get("host") ?? "",
        origin,
        path: request.path,
        page_type: page.template,
        locale: { iso_code: this.locale, primary: true },
      },
      localization: {
        language: { iso_code: this.locale },
        country: { iso_code: SHOPPER_COUNTRY, currency: { iso_code: state.currency } },
      },
      template: page.template,
      page_title: page.title,
      canonical_url: `${origin}${request.path}`,
      settings: {},
      collections: [...state.catalogue.collections.values()].map((collection) => ({
        title: collection.title,
        handle: collection.handle,
        url: `/collections/${collection.handle}`,
        products_count: collection.productGids.length,
      })),
      ...page.objects,
    };
    const appGlobals = { ...base, app: { metafields: new MetafieldsDrop(state, state.app.installationGid) } };
    const [blocks = [], head = [], body = []] = this.extension
      ? await Promise.all(
          (["section", "head", "body"] as const).map((target) =>
            this.extension!.renderBlocks(page.template, target, appGlobals),
          ),
        )
      : [];
    const section = BLOCK_SECTIONS[page.template];
    const html = (rendered: readonly { html: string }[]) => rendered.map((one) => one.html).join("\n");
    return {
      ...base,
      app_blocks: section === undefined ? {} : { [section]: blocks },
      content_for_header: [
        pixelTags(state, page.events ?? []),
        this.extension?.assetTags(page.template) ?? "",
      ].join("\n"),
      content_for_head_end: html(head),
      content_for_body_end: html(body),
    };
  }

  /**
   * Sections by name, at most five as on Shopify; those that the theme lacks are null.
   *
   * @param asked a list, or names joined by commas; null is returned when it asks for none
   */
  async renderSections(asked: unknown, globals: object): Promise<Record<string, string | null> | null> {
    const names = Array.isArray(asked)
      ? asked.map(String)
      : typeof asked === "string"
        ? asked.split(",")
        : [];
    if (names.length === 0) return null;
    const rendered = names
      .slice(0, MOST_SECTIONS)
      .map(async (name) => [name, await this.theme.section(name, globals)] as const);
    return Object.fromEntries(await Promise.all(rendered));
  }

  /** Answers with a page of the theme, or with the sections of it that the query asks for. */
  async send(request: Request, response: Response, page: Page): Promise<void> {
    const globals = await this.globals(request, page, await this.pricedCartOf(request));
    const sections = await this.renderSections(request.query["sections"], globals);
    if (sections) {
      response.json(sections);
      return;
    }
    const file = page.template === "search" ? "collection" : page.template;
    response.type("html").send(await this.theme.page(`templates/${file}`, globals));
  }
}
