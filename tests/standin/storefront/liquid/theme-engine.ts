import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Liquid } from "liquidjs";
import { registerFilters } from "./filters.ts";
import { registerSectionTags, registerTags } from "./tags.ts";
import {
  liquidFiles,
  PLACED,
  placeSection,
  readCompiled,
  readSchema,
  readSections,
  readSettings,
  type FileSchema,
  type PlacedBlock,
  type PlacedSection,
} from "./theme-files.ts";
import { resolveSettings } from "./theme-settings.ts";
import { readTranslations } from "./translations.ts";

export const THEME_FOLDER = fileURLToPath(new URL("../theme/", import.meta.url));

/** Shopify numbers the sections of a template or group; one constant number is enough here. */
const TEMPLATE_PREFIX = "template--16__";
const GROUP_PREFIX = "sections--16__";

/** Where merchants put an app's block: after the buy button. */
const BUY_BUTTONS = /^buy[_-]buttons$/;

interface PageGlobals {
  readonly template?: { readonly name: string };
  readonly closest?: object;
  readonly section?: object;
  readonly app_blocks?: readonly { id: string; html: string }[];
}

/** A theme in Shopify's folders: renders pages and single sections as the online store does. */
export class Theme {
  readonly folder: string;
  readonly #engine: Liquid;
  readonly #schemas = new Map<string, FileSchema>();
  readonly #translateSchema: (key: string) => string | null;
  readonly #settings: ReturnType<typeof readSettings>;
  readonly #compiled: { stylesheet?: string; javascript?: string } = {};
  #resolved: Promise<Record<string, unknown>> | null = null;

  constructor(currency: string, { folder = THEME_FOLDER, locale = "en" } = {}) {
    this.folder = folder;
    this.#settings = readSettings(folder);
    this.#engine = new Liquid({
      root: [folder],
      partials: [join(folder, "snippets")],
      layouts: [folder],
      extname: ".liquid",
      fs: liquidFiles,
      strictFilters: true,
      cache: true,
    });
    const ofSchema = readTranslations(join(folder, "locales"), "en.default.schema");
    this.#translateSchema = (key) => ofSchema(key, {});
    registerTags(this.#engine);
    registerSectionTags(this.#engine, this);
    registerFilters(this.#engine, {
      assetsUrl: "/cdn/shop/t/1/assets/",
      currency,
      translate: readTranslations(join(folder, "locales"), locale),
      readAsset: (name) => {
        const path = join(folder, "assets", name);
        return existsSync(path) ? readFileSync(path, "utf8") : "";
      },
    });
  }

  /** The contents of all tags of a kind in this theme, which Shopify serves as one file. */
  compiled(tag: "stylesheet" | "javascript"): string {
    return (this.#compiled[tag] ??= readCompiled(this.folder, tag));
  }

  /** A template, of Liquid or of sections in JSON, inside a layout. `globals` are the page's Liquid objects. */
  async page(template: string, pageGlobals: object, layout = "layout/theme"): Promise<string> {
    const globals = await this.#withSettings(pageGlobals);
    const json = join(this.folder, `${template}.json`);
    let content = "";
    if (existsSync(json)) {
      for (const [index, section] of this.#placeApps(readSections(json, TEMPLATE_PREFIX), globals).entries())
        content += await this.#drawSection(section, globals, { index: index + 1, location: "template" });
    } else content = (await this.#engine.renderFile(template, globals, { globals })) as string;
    const scope = { ...globals, content_for_layout: content };
    return (await this.#engine.renderFile(layout, scope, { globals: scope })) as string;
  }

  /** One section's HTML in Shopify's wrapper, by its id on the page, or null if the theme has no such section. */
  async section(id: string, pageGlobals: object): Promise<string | null> {
    if (!/^[\w-]+$/.test(id)) return null;
    const globals = await this.#withSettings(pageGlobals);
    const placed = this.#find(id, globals);
    return placed ? this.#drawSection(placed, globals) : null;
  }

  /** A section that a template or layout names directly, with the merchant's settings. */
  async drawNamed(type: string, globals: object): Promise<string> {
    return this.#drawSection(this.#placeNamed(type, globals), globals, { location: "static" });
  }

  /** A section group, such as the header or footer of every page. */
  async drawGroup(name: string, globals: object): Promise<string> {
    let html = "";
    for (const [index, section] of readSections(
      join(this.folder, `sections/${name}.json`),
      GROUP_PREFIX,
    ).entries())
      html += await this.#drawSection(section, globals, {
        index: index + 1,
        location: name.replace("-group", ""),
        group: name,
      });
    return html;
  }

  /** A block with its own blocks. `given` are the tag's arguments; `closest.…` is passed on to inner blocks. */
  async drawBlock(
    placed: PlacedBlock,
    outer: object,
    given: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    if (placed.html !== undefined) return placed.html;
    const { type, id, blocks } = placed;
    const path = `blocks/${type}`;
    const schema = this.#schemaOf(path);
    const near = Object.entries(given).filter(([name]) => name.startsWith("closest."));
    const closest = {
      ...(outer as PageGlobals).closest,
      ...Object.fromEntries(near.map(([name, value]) => [name.slice("closest.".length), value])),
    };
    const around = { ...outer, closest };
    const settings = await resolveSettings(this.#engine, schema.settings ?? [], placed.settings, around);
    const attributes = "";
    const block = {
      id,
      type,
      settings,
      blocks: blocks.filter((one) => !one.isStatic),
      shopify_attributes: attributes,
      [PLACED]: placed,
    };
    const html: string = await this.#engine.renderFile(
      path,
      { ...around, ...given, block },
      { globals: { ...around, block } },
    );
    return schema.tag === null ? html : wrap(`shopify-block-${id}`, "shopify-block", schema, html);
  }

  async #withSettings(globals: object): Promise<object> {
    this.#resolved ??= this.#resolveAll(globals);
    return { ...globals, settings: await this.#resolved };
  }

  /** Palette and schemes come first, because other settings refer to them. */
  async #resolveAll(globals: object): Promise<Record<string, unknown>> {
    const { schema, values } = this.#settings;
    const isBase = ({ type }: { type: string }) => /^color_(palette|scheme_group)$/.test(type);
    const base = await resolveSettings(this.#engine, schema.filter(isBase), values, globals);
    const rest = schema.filter((one) => !isBase(one));
    return resolveSettings(this.#engine, rest, base, { ...globals, settings: base });
  }

  async #drawSection(
    { id, type, settings: values, blocks: placed }: PlacedSection,
    globals: object,
    { index = 1, location = "template", group }: { index?: number; location?: string; group?: string } = {},
  ): Promise<string> {
    const path = `sections/${type}`;
    const schema = this.#schemaOf(path);
    const settings = await resolveSettings(this.#engine, schema.settings ?? [], values, globals);
    const inner = { ...globals, section: { id, settings } };
    const blocks: object[] = [];
    for (const block of placed) {
      if (block.isStatic) continue;
      const known = schema.blocks?.find((one) => one.type === block.type)?.settings;
      const ownSchema = known ?? this.#schemaOf(`blocks/${block.type}`).settings ?? [];
      const own = await resolveSettings(this.#engine, ownSchema, block.settings, inner);
      blocks.push({
        ...block,
        settings: own,
        shopify_attributes: block.html === undefined ? "" : `data-block-id="${block.id}"`,
      });
    }
    const section = {
      id,
      settings,
      blocks,
      index,
      index0: index - 1,
      location,
      [PLACED]: { blocks: placed },
    };
    const sectionGlobals = { ...globals, section };
    const html: string = await this.#engine.renderFile(path, sectionGlobals, { globals: sectionGlobals });
    const classes = `shopify-section${group ? ` shopify-section-group-${group}` : ""}`;
    return wrap(`shopify-section-${id}`, classes, schema, html);
  }

  #schemaOf(path: string): FileSchema {
    const known =
      this.#schemas.get(path) ?? readSchema(join(this.folder, `${path}.liquid`), this.#translateSchema);
    this.#schemas.set(path, known);
    return known;
  }

  #find(id: string, globals: object): PlacedSection | null {
    const { template } = globals as PageGlobals;
    if (id.startsWith(TEMPLATE_PREFIX)) {
      const json = join(this.folder, `templates/${template?.name ?? ""}.json`);
      if (!existsSync(json)) return null;
      return (
        this.#placeApps(readSections(json, TEMPLATE_PREFIX), globals).find((one) => one.id === id) ?? null
      );
    }
    if (id.startsWith(GROUP_PREFIX)) {
      const folder = join(this.folder, "sections");
      const groups = readdirSync(folder).filter((name) => name.endsWith(".json"));
      const sections = groups.flatMap((name) => readSections(join(folder, name), GROUP_PREFIX));
      return sections.find((one) => one.id === id) ?? null;
    }
    return existsSync(join(this.folder, `sections/${id}.liquid`)) ? this.#placeNamed(id, globals) : null;
  }

  #placeNamed(type: string, globals: object): PlacedSection {
    const { default: preset = {} } = this.#schemaOf(`sections/${type}`);
    const blocks = Object.fromEntries(
      (preset.blocks ?? []).map((block, index) => [`${type}-${index}`, block]),
    );
    const { settings = {} } = preset;
    const section = placeSection(type, this.#settings.sections[type] ?? { type, settings, blocks });
    return this.#placeApps([section], globals)[0]!;
  }

  /** The page's app blocks, placed after the buy buttons, or at the end of the first section that accepts them. */
  #placeApps(sections: readonly PlacedSection[], globals: object): readonly PlacedSection[] {
    const { app_blocks: apps = [] } = globals as PageGlobals;
    if (apps.length === 0) return sections;
    const waiting = apps.map(({ id, html }) => ({
      id,
      html,
      type: "@app",
      settings: {},
      blocks: [],
      isStatic: false,
    }));
    let isPlaced = false;
    const accepts = (path: string) =>
      this.#schemaOf(path).blocks?.some(({ type }) => type === "@app") ?? false;
    const put = <T extends { type: string; blocks: readonly PlacedBlock[] }>(one: T, kind: string): T => {
      if (isPlaced) return one;
      const at = one.blocks.findIndex(({ type }) => BUY_BUTTONS.test(type));
      if (at >= 0 && accepts(`${kind}/${one.type}`)) {
        isPlaced = true;
        return { ...one, blocks: one.blocks.toSpliced(at + 1, 0, ...waiting) };
      }
      return { ...one, blocks: one.blocks.map((block) => put(block, "blocks")) };
    };
    const placed = sections.map((section) => put(section, "sections"));
    if (isPlaced) return placed;
    const first = sections.findIndex(({ type }) => accepts(`sections/${type}`));
    return sections.map((one, index) =>
      index === first ? { ...one, blocks: [...one.blocks, ...waiting] } : one,
    );
  }
}

function wrap(id: string, classes: string, { tag, class: own }: FileSchema, html: string): string {
  const name = tag ?? "div";
  return `<${name} id="${id}" class="${classes}${own ? ` ${own}` : ""}">${html}</${name}>`;
}
