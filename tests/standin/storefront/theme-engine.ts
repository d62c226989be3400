import { Liquid } from "liquidjs";
import { registerFilters } from "./liquid-filters.ts";
import { registerSectionTags, registerTags, sectionScope } from "./liquid-tags.ts";

const THEME_FOLDER = new URL("theme/", import.meta.url).pathname;

/** The storefront's theme: renders pages and single sections of `theme/`. */
export class Theme {
  readonly #engine: Liquid;

  constructor(currency: string) {
    this.#engine = new Liquid({
      root: [THEME_FOLDER],
      partials: [`${THEME_FOLDER}snippets`],
      layouts: [THEME_FOLDER],
      extname: ".liquid",
      strictFilters: true,
      cache: true,
    });
    registerTags(this.#engine);
    registerSectionTags(this.#engine);
    registerFilters(this.#engine, { assetsUrl: "/cdn/shop/t/1/assets/", currency, translate: () => null });
  }

  /** A template inside a layout. `globals` are the Liquid objects of the page. */
  async page(template: string, globals: object, layout = "layout/theme"): Promise<string> {
    const content: string = await this.#engine.renderFile(template, globals, { globals });
    const scope = { ...globals, content_for_layout: content };
    return (await this.#engine.renderFile(layout, scope, { globals: scope })) as string;
  }

  /** One section's HTML in Shopify's wrapper, or null when the theme has no such section. */
  async section(name: string, globals: object): Promise<string | null> {
    if (!/^[\w-]+$/.test(name)) return null;
    const path = `sections/${name}`;
    if (!(await this.#exists(path))) return null;
    const html: string = await this.#engine.renderFile(path, sectionScope(globals, name), { globals });
    return `<div id="shopify-section-${name}" class="shopify-section">${html}</div>`;
  }

  async #exists(path: string): Promise<boolean> {
    return this.#engine.parseFile(path).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Error && error.message.startsWith("ENOENT")) return false;
        throw error;
      },
    );
  }
}

export { THEME_FOLDER };
