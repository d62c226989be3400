import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Liquid } from "liquidjs";
import { registerFilters } from "./liquid-filters.ts";
import { registerSectionTags, registerTags, sectionScope } from "./liquid-tags.ts";
import { readSchema, readSections, registerForeignTags, type PlacedSection } from "./theme-sections.ts";
import { readTranslations } from "./translations.ts";

export const THEME_FOLDER = fileURLToPath(new URL("theme/", import.meta.url));

/**
 * A theme in Shopify's folders: renders pages and single sections. The stand-in's own by default, whose every filter
 * must be known here; of another theme, such as Dawn, what this engine lacks is passed over.
 */
export class Theme {
  readonly folder: string;
  readonly #engine: Liquid;
  readonly #isForeign: boolean;

  constructor(currency: string, folder: string = THEME_FOLDER) {
    this.folder = folder;
    this.#isForeign = folder !== THEME_FOLDER;
    this.#engine = new Liquid({
      root: [folder],
      partials: [join(folder, "snippets")],
      layouts: [folder],
      extname: ".liquid",
      strictFilters: !this.#isForeign,
      cache: true,
    });
    registerTags(this.#engine);
    registerSectionTags(this.#engine);
    const translate = this.#isForeign ? readTranslations(join(folder, "locales"), "en") : () => null;
    registerFilters(this.#engine, { assetsUrl: "/cdn/shop/t/1/assets/", currency, translate });
    if (this.#isForeign) registerForeignTags(this.#engine, folder);
  }

  /** A template, of Liquid or of sections in JSON, inside a layout. `globals` are the Liquid objects of the page. */
  async page(template: string, globals: object, layout = "layout/theme"): Promise<string> {
    const json = join(this.folder, `${template}.json`);
    const content = existsSync(json)
      ? await this.#drawSections(readSections(readFileSync(json, "utf8"), json), globals)
      : ((await this.#engine.renderFile(template, globals, { globals })) as string);
    const scope = { ...globals, content_for_layout: content };
    return (await this.#engine.renderFile(layout, scope, { globals: scope })) as string;
  }

  /** The sections of a JSON template, in order. The page's app blocks go into the first that accepts them. */
  async #drawSections(sections: readonly PlacedSection[], globals: object): Promise<string> {
    const { app_blocks: placed = {} } = globals as { app_blocks?: Record<string, object[]> };
    let waiting = Object.values(placed).flat();
    let html = "";
    for (const { id, type, settings, blocks } of sections) {
      const path = `sections/${type}`;
      const schema = readSchema(join(this.folder, `${path}.liquid`));
      const apps = schema.acceptsApps ? waiting : [];
      if (schema.acceptsApps) waiting = [];
      const section = { id, settings: { ...schema.defaults, ...settings }, blocks: [...blocks, ...apps] };
      const drawn: string = await this.#engine.renderFile(path, { ...globals, section }, { globals });
      html += `<div id="shopify-section-${id}" class="shopify-section">${drawn}</div>`;
    }
    return html;
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
