import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Liquid } from "liquidjs";
import { registerClock, registerFilters } from "./liquid/filters.ts";
import { registerTags } from "./liquid/tags.ts";
import { liquidFiles } from "./liquid/theme-files.ts";
import { readTranslations } from "./liquid/translations.ts";

interface BlockSchema {
  readonly name: string;
  readonly target: "section" | "head" | "body";
  readonly stylesheet?: string;
  readonly javascript?: string;
  readonly enabled_on?: { readonly templates?: readonly string[] };
  readonly settings?: readonly { readonly id?: string; readonly default?: unknown }[];
}

interface AppBlock {
  readonly handle: string;
  readonly schema: BlockSchema;
}

interface RenderedBlock {
  readonly type: "@app";
  readonly id: string;
  readonly html: string;
  readonly shopify_attributes: string;
}

/** The merchant's settings in the theme editor that differ from the blocks' defaults, by the block's file name. */
export type BlockSettings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A theme app extension as the online store runs it: its blocks with their settings, its texts and files. */
export class ThemeExtension {
  readonly handle: string;
  readonly assetsFolder: string;
  readonly #blocks: readonly AppBlock[];
  readonly #engine: Liquid;
  readonly #settings: BlockSettings;

  /** @throws Error when a block's schema is missing or is not JSON */
  constructor(
    folder: string,
    {
      currency,
      locale = "en",
      blockSettings = {},
      timeZone = "UTC",
      nowMs = Date.now,
    }: {
      currency: string;
      locale?: string;
      blockSettings?: BlockSettings;
      timeZone?: string;
      nowMs?: () => number;
    },
  ) {
    this.#settings = blockSettings;
    this.handle = basename(folder);
    this.assetsFolder = join(folder, "assets");
    this.#blocks = readBlocks(join(folder, "blocks"));
    this.#engine = new Liquid({
      root: [join(folder, "blocks")],
      partials: [join(folder, "snippets")],
      extname: ".liquid",
      fs: liquidFiles,
      strictFilters: true,
      cache: true,
      timezoneOffset: timeZone,
    });
    registerClock(this.#engine, nowMs);
    registerTags(this.#engine);
    registerFilters(this.#engine, {
      assetsUrl: this.#assetUrl(""),
      currency,
      translate: readTranslations(join(folder, "locales"), locale),
    });
  }

  /**
   * The blocks that a merchant put on a template, rendered; an embed of the head only where the merchant's settings name
   * it. `globals` are the page's Liquid objects, `chosen` settings of all of them.
   */
  async renderBlocks(
    template: string,
    target: BlockSchema["target"],
    globals: object,
    chosen: Readonly<Record<string, unknown>> = {},
  ): Promise<RenderedBlock[]> {
    const on = this.#blocksOn(template).filter(({ schema }) => schema.target === target);
    return Promise.all(
      on.map(async ({ handle, schema }): Promise<RenderedBlock> => {
        const id = `${this.handle}-${handle}`;
        const settings = Object.fromEntries(
          (schema.settings ?? []).flatMap((setting) =>
            setting.id ? [[setting.id, setting.default ?? null]] : [],
          ),
        );
        const shopifyAttributes = `data-block-id="${id}"`;
        const block = {
          id,
          type: handle,
          settings: { ...settings, ...this.#settings[handle], ...chosen },
          shopify_attributes: shopifyAttributes,
        };
        // As at Shopify, a snippet sees the page's own objects, but none of its caller's variables.
        const html: string = await this.#engine.renderFile(handle, { ...globals, block }, { globals });
        const wrapped =
          target === "section"
            ? `<div id="shopify-block-${id}" class="shopify-block shopify-app-block">${html}</div>`
            : html;
        return { type: "@app", id, html: wrapped, shopify_attributes: shopifyAttributes };
      }),
    );
  }

  /** The style sheets and scripts named in the schemas of the blocks on a page, each once, for the page's head. */
  assetTags(template: string, html: string): string {
    const placed = this.#blocksOn(template).filter(
      ({ handle, schema }) =>
        schema.target !== "section" || html.includes(`id="shopify-block-${this.handle}-${handle}"`),
    );
    const styles = new Set(placed.flatMap(({ schema }) => schema.stylesheet ?? []));
    const scripts = new Set(placed.flatMap(({ schema }) => schema.javascript ?? []));
    return [
      ...[...styles].map((name) => `<link href="${this.#assetUrl(name)}" rel="stylesheet">`),
      ...[...scripts].map((name) => `<script src="${this.#assetUrl(name)}" defer></script>`),
    ].join("\n");
  }

  #blocksOn(template: string): readonly AppBlock[] {
    return this.#blocks.filter(
      ({ handle, schema }) =>
        isEnabledOn(schema, template) && (schema.target !== "head" || this.#settings[handle] !== undefined),
    );
  }

  #assetUrl(name: string): string {
    return `/extensions/${this.handle}/assets/${name}`;
  }
}

/** Reads the extension in a folder, or null if there is none yet. */
export function readThemeExtension(
  folder: string,
  options: {
    currency: string;
    locale: string;
    blockSettings: BlockSettings;
    timeZone: string;
    nowMs: () => number;
  },
): ThemeExtension | null {
  return existsSync(join(folder, "blocks")) ? new ThemeExtension(folder, options) : null;
}

function isEnabledOn({ enabled_on }: BlockSchema, template: string): boolean {
  return (
    enabled_on?.templates === undefined || enabled_on.templates.some((one) => one === template || one === "*")
  );
}

function readBlocks(folder: string): AppBlock[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".liquid"))
    .sort()
    .map((name) => {
      const source = readFileSync(join(folder, name), "utf8");
      const json = /\{%-?\s*schema\s*-?%\}([\s\S]*?)\{%-?\s*endschema\s*-?%\}/.exec(source)?.[1];
      if (json === undefined) throw new Error(`${name}: no schema`);
      return { handle: basename(name, ".liquid"), schema: JSON.parse(json) as BlockSchema };
    });
}
