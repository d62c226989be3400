import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Tag, type Context, type Emitter, type Liquid, type TagToken, type TopLevelToken } from "liquidjs";

/** A section as a merchant placed it in a JSON template. */
export interface PlacedSection {
  readonly id: string;
  readonly type: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly blocks: readonly object[];
}

interface SectionJson {
  readonly type: string;
  readonly disabled?: boolean;
  readonly settings?: Record<string, unknown>;
  readonly blocks?: Record<string, { type: string; disabled?: boolean; settings?: Record<string, unknown> }>;
  readonly block_order?: string[];
}

/** The sections of a JSON template or section group, in its order. @throws Error when it is no JSON with an order */
export function readSections(text: string, path: string): PlacedSection[] {
  // Shopify puts a comment on top of the files that its editor wrote.
  const json = JSON.parse(text.replace(/^\s*\/\*[\s\S]*?\*\//, "")) as {
    sections?: Record<string, SectionJson>;
    order?: string[];
  };
  if (!json.sections || !json.order)
    throw new Error(`${path}: a template of sections and their order is expected`);
  const { sections } = json;
  return json.order.flatMap((id): PlacedSection[] => {
    const section = sections[id];
    if (!section || section.disabled) return [];
    const { type, settings = {}, blocks = {}, block_order: order = Object.keys(blocks) } = section;
    const placed = order.flatMap((blockId) => {
      const block = blocks[blockId];
      // Blocks of other apps are not installed here.
      if (!block || block.disabled || block.type.startsWith("shopify://")) return [];
      return [{ id: blockId, type: block.type, settings: block.settings ?? {}, shopify_attributes: "" }];
    });
    return [{ id, type, settings, blocks: placed }];
  });
}

/** Of a section's schema, its settings' defaults and whether merchants can put app blocks into it. */
export function readSchema(path: string): { defaults: Record<string, unknown>; acceptsApps: boolean } {
  const source = readFileSync(path, "utf8");
  const text = /\{%-?\s*schema\s*-?%\}([\s\S]*?)\{%-?\s*endschema\s*-?%\}/.exec(source)?.[1];
  if (text === undefined) return { defaults: {}, acceptsApps: false };
  const schema = JSON.parse(text) as {
    settings?: { id?: string; default?: unknown }[];
    blocks?: { type: string }[];
  };
  const settings = (schema.settings ?? []).flatMap(({ id, default: value }) => (id ? [[id, value]] : []));
  return {
    defaults: Object.fromEntries(settings) as Record<string, unknown>,
    acceptsApps: (schema.blocks ?? []).some(({ type }) => type === "@app"),
  };
}

/**
 * Tags that only other themes use: `{% sections 'GROUP' %}` draws a section group, and each tag that this engine does
 * not know draws nothing, itself and its end tag, while what it holds is drawn.
 */
export function registerForeignTags(engine: Liquid, folder: string): void {
  engine.registerTag(
    "sections",
    class extends Tag {
      readonly #name: string;
      constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
        super(token, remaining, liquid);
        this.#name = /['"]([\w-]+)['"]/.exec(token.args)?.[1] ?? "";
      }
      override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
        const path = join(folder, `sections/${this.#name}.json`);
        if (!existsSync(path)) return;
        for (const { id, type, settings, blocks } of readSections(readFileSync(path, "utf8"), path)) {
          const { defaults } = readSchema(join(folder, `sections/${type}.liquid`));
          const section = { id, settings: { ...defaults, ...settings }, blocks };
          const scope = { ...context.globals, section };
          emitter.write(`<div id="shopify-section-${id}" class="shopify-section">`);
          emitter.write(
            yield this.liquid.renderFile(`sections/${type}`, scope, { globals: context.globals }),
          );
          emitter.write("</div>");
        }
      }
    },
  );
  const known = new Set([...Object.keys(engine.tags), ...READ_BY_OTHERS]);
  for (const name of listTags(folder)) {
    if (!known.has(name.replace(/^end/, ""))) engine.registerTag(name, Silent);
  }
}

/** What stands inside another tag and is read by it. */
const READ_BY_OTHERS = ["else", "elsif", "when"];

class Silent extends Tag {
  override *render(): Generator<unknown, void, unknown> {}
}

/** Names of all tags in a theme's files. */
function listTags(folder: string): Set<string> {
  const names = new Set<string>();
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".liquid")) continue;
    for (const [, name] of readFileSync(join(folder, file), "utf8").matchAll(/\{%-?\s*(\w+)/g))
      names.add(name!);
  }
  return names;
}
