import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join, resolve, sep } from "node:path";
import type { FS } from "liquidjs";

/** One setting of a schema. */
export interface SettingSchema {
  readonly id?: string;
  readonly type: string;
  readonly default?: unknown;
  readonly definition?: readonly SettingSchema[];
}

/** The schema at the end of a section or block. */
export interface FileSchema {
  readonly tag?: string | null;
  readonly class?: string;
  readonly settings?: readonly SettingSchema[];
  readonly blocks?: readonly { readonly type: string; readonly settings?: readonly SettingSchema[] }[];
  readonly default?: { readonly settings?: Values; readonly blocks?: readonly BlockJson[] };
}

export type Values = Readonly<Record<string, unknown>>;

/** A block as a merchant placed it, or an app's block, which is already drawn. */
export interface PlacedBlock {
  readonly id: string;
  readonly type: string;
  readonly settings: Values;
  readonly blocks: readonly PlacedBlock[];
  readonly isStatic: boolean;
  readonly html?: string;
}

/** Key under which a section or block on the page keeps its placement, from which `content_for` draws its blocks. */
export const PLACED = Symbol("placed");

export interface PlacedSection {
  readonly id: string;
  readonly type: string;
  readonly settings: Values;
  readonly blocks: readonly PlacedBlock[];
}

interface BlockJson {
  readonly type: string;
  readonly disabled?: boolean;
  readonly static?: boolean;
  readonly settings?: Values;
  readonly blocks?: Readonly<Record<string, BlockJson>>;
  readonly block_order?: readonly string[];
}

/** JSON as themes write it, with comments and trailing commas. Strings are left unchanged. */
function parseJson(text: string): unknown {
  const keepStrings = (pattern: RegExp) => (before: string) =>
    before.replace(new RegExp(`"(?:[^"\\\\]|\\\\.)*"|${pattern.source}`, "g"), (one) =>
      one[0] === '"' ? one : "",
    );
  const withoutComments = keepStrings(/\/\*[\s\S]*?\*\/|\/\/.*/)(text);
  return JSON.parse(keepStrings(/,(?=\s*[}\]])/)(withoutComments));
}

export function readJson(path: string): unknown {
  return parseJson(readFileSync(path, "utf8"));
}

/** Parts of a file for Shopify's editor or build, which can contain other languages than Liquid. */
const EDITORS_OWN = /\{%-?\s*(schema|doc|stylesheet|javascript)\s*-?%\}[\s\S]*?\{%-?\s*end\1\s*-?%\}/g;

const readLiquid = (path: string) => readFileSync(path, "utf8").replace(EDITORS_OWN, "");

/** Liquid files without the parts that only the editor and the build read. */
export const liquidFiles: FS = {
  sep,
  dirname,
  resolve: (folder, name, extension) => resolve(folder, extname(name) ? name : `${name}${extension}`),
  existsSync,
  exists: async (path) => Promise.resolve(existsSync(path)),
  readFileSync: readLiquid,
  readFile: async (path) => Promise.resolve(readLiquid(path)),
};

/** The sections of a JSON template or section group, in its order. @throws Error when it is not JSON with an order */
export function readSections(path: string, idPrefix = ""): PlacedSection[] {
  const { sections, order } = readJson(path) as {
    sections?: Record<string, BlockJson>;
    order?: string[];
  };
  if (!sections || !order) throw new Error(`${path}: a template of sections and their order is expected`);
  return order.flatMap((id): PlacedSection[] => {
    const section = sections[id];
    return !section || section.disabled ? [] : [placeSection(`${idPrefix}${id}`, section)];
  });
}

export function placeSection(id: string, section: BlockJson): PlacedSection {
  return { id, type: section.type, settings: section.settings ?? {}, blocks: placeBlocks(section) };
}

/** Blocks in their order, then static ones, which the order leaves out. */
function placeBlocks({ blocks = {}, block_order: order = Object.keys(blocks) }: BlockJson): PlacedBlock[] {
  const rest = Object.keys(blocks).filter((id) => blocks[id]!.static && !order.includes(id));
  return [...order, ...rest].flatMap((id): PlacedBlock[] => {
    const block = blocks[id];
    // Blocks of other apps are not installed here.
    if (!block || block.disabled || block.type.startsWith("shopify://")) return [];
    const { type, settings = {}, static: isStatic = false } = block;
    return [{ id, type, settings, isStatic, blocks: placeBlocks(block) }];
  });
}

/**
 * The schema of a section or block; empty if it has none.
 *
 * @param translate for defaults that name a text of the theme
 */
export function readSchema(path: string, translate: (key: string) => string | null): FileSchema {
  if (!existsSync(path)) return {};
  const source = readFileSync(path, "utf8");
  const text = /\{%-?\s*schema\s*-?%\}([\s\S]*?)\{%-?\s*endschema\s*-?%\}/.exec(source)?.[1];
  if (text === undefined) return {};
  const texts = /"default"\s*:\s*"t:([\w.-]+)"/g;
  const translated = text.replace(
    texts,
    (_, key: string) => `"default": ${JSON.stringify(translate(key) ?? "")}`,
  );
  return parseJson(translated) as FileSchema;
}

/** The contents of all `{% stylesheet %}` or `{% javascript %}` tags of a theme, which Shopify serves as one file. */
export function readCompiled(folder: string, tag: "stylesheet" | "javascript"): string {
  const pattern = new RegExp(`\\{%-?\\s*${tag}\\s*-?%\\}([\\s\\S]*?)\\{%-?\\s*end${tag}\\s*-?%\\}`, "g");
  return ["blocks", "sections", "snippets"]
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path).map((name) => join(path, name)))
    .filter((path) => path.endsWith(".liquid"))
    .flatMap((path) => [...readFileSync(path, "utf8").matchAll(pattern)].map(([, text]) => text!))
    .join("\n");
}

interface SettingsData {
  readonly current?: string | Values;
  readonly presets?: Readonly<Record<string, Values>>;
}

/** The merchant's settings of the whole theme, and of the sections that templates name directly. */
export function readSettings(folder: string): {
  schema: readonly SettingSchema[];
  values: Values;
  sections: Readonly<Record<string, BlockJson>>;
} {
  const path = join(folder, "config/settings_data.json");
  if (!existsSync(path)) return { schema: [], values: {}, sections: {} };
  const { current = {}, presets = {} } = readJson(path) as SettingsData;
  const values = typeof current === "string" ? (presets[current] ?? {}) : current;
  const groups = readJson(join(folder, "config/settings_schema.json")) as { settings?: SettingSchema[] }[];
  const sections = (values["sections"] ?? {}) as Record<string, BlockJson>;
  return { schema: groups.flatMap(({ settings = [] }) => settings), values, sections };
}
