import type { Request, Response } from "express";
import { join } from "node:path";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import { readThemeExtension, type BlockSettings, type ThemeExtension } from "./app-blocks.ts";
import { CartDrop } from "./cart-drops.ts";
import { findCart, keepCart } from "./cart-session.ts";
import type { CartContent } from "./change-cart.ts";
import { MetafieldsDrop } from "./liquid/drops.ts";
import { headTags } from "./head-tags.ts";
import {
  priceCart,
  readDiscountFunction,
  SHOPPER_COUNTRY,
  type DiscountFunction,
  type PricedCart,
} from "./price-cart.ts";
import { Theme } from "./liquid/theme-engine.ts";
import { storeObjects, TemplateDrop } from "./store-objects.ts";
import { pixelTags, type PageEvent } from "./web-pixel.ts";

const MOST_SECTIONS = 5;
/** Where the header has the files of the page's blocks, which are known once the page is drawn. */
const ASSETS_MARK = "<!--app-assets-->";

export interface Page {
  /** Shopify's template name, and the file in theme/templates. */
  readonly template: "index" | "collection" | "product" | "cart" | "search" | "404";
  readonly title: string;
  /** Liquid objects of this page in addition to the global ones. */
  readonly objects?: Readonly<Record<string, unknown>>;
  readonly events?: readonly PageEvent[];
}

/** The running storefront of one shop, shared by all of its routes. */
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
    this.theme = new Theme(state.currency, { folder: themeFolder, locale });
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

  /** Saves a changed cart and returns it priced. */
  async keep(response: Response, cart: CartContent): Promise<PricedCart> {
    return this.price(keepCart(this.state, response, cart));
  }

  /** The Liquid objects of a page, with the app's blocks rendered into their sections. */
  async globals(request: Request, page: Page, cart: PricedCart): Promise<object> {
    const { state } = this;
    const origin = `${request.protocol}://${request.get("host") ?? "localhost"}`;
    const base = {
      ...storeObjects(state, { origin, locale: this.locale, country: SHOPPER_COUNTRY }),
      cart: new CartDrop(state, cart),
      request: {
        design_mode: false,
        host: request.get("host") ?? "",
        origin,
        path: request.path,
        page_type: page.template,
        locale: { iso_code: this.locale, primary: true, root_url: "/" },
      },
      template: new TemplateDrop(page.template),
      page_title: page.title,
      canonical_url: `${origin}${request.path}`,
      current_page: 1,
      closest: page.objects ?? {},
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
    const html = (rendered: readonly { html: string }[]) => rendered.map((one) => one.html).join("\n");
    return {
      ...base,
      app_blocks: blocks,
      content_for_header: [
        headTags(state, this.theme, { locale: this.locale, country: SHOPPER_COUNTRY, buyer: cart.token }),
        pixelTags(state, page.events ?? []),
        ASSETS_MARK,
      ].join("\n"),
      embeds: { head: html(head), body: html(body) },
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

  /** Answers with a page of the theme, or with the sections that the query requests. */
  async send(request: Request, response: Response, page: Page): Promise<void> {
    const globals = await this.globals(request, page, await this.pricedCartOf(request));
    const { sections: asked, section_id: id } = request.query;
    const sections = await this.renderSections(asked, globals);
    if (sections) {
      response.json(sections);
      return;
    }
    if (typeof id === "string") {
      const html = await this.theme.section(id, globals);
      response
        .status(html === null ? 404 : 200)
        .type("html")
        .send(html ?? "");
      return;
    }
    const { head, body } = (globals as { embeds: Record<"head" | "body", string> }).embeds;
    const html = await this.theme.page(`templates/${page.template}`, globals);
    response.type("html").send(
      html
        .replace(ASSETS_MARK, () => this.extension?.assetTags(page.template, html) ?? "")
        .replace("</head>", () => `${head}</head>`)
        .replace(/<\/body>(?![\s\S]*<\/body>)/, () => `${body}</body>`)
        // Nothing is requested from outside this machine.
        .replaceAll("https://cdn.shopify.com/", "/cdn/shopify/"),
    );
  }
}
