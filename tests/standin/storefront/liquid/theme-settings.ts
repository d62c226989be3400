import { Drop, type Liquid } from "liquidjs";
import { toColor } from "./colors.ts";
import { toFont } from "./fonts.ts";
import type { SettingSchema, Values } from "./theme-files.ts";

/** A colour scheme of the theme: prints its id, as themes write it into class names. */
class SchemeDrop extends Drop {
  readonly id: string;
  readonly settings: Values;
  constructor(id: string, settings: Values) {
    super();
    this.id = id;
    this.settings = settings;
  }
  override valueOf() {
    return this.id;
  }
  override toString() {
    return this.id;
  }
}

type ByHandle = Readonly<Record<string, unknown>>;

/** Page objects that settings refer to by handle. */
interface Referable {
  readonly settings?: { readonly color_schemes?: readonly SchemeDrop[] };
  readonly linklists?: ByHandle;
  readonly collections?: ByHandle;
  readonly all_products?: ByHandle;
}

/**
 * The `settings` of a theme, section or block in Liquid: the merchant's values or else the schema's, converted by
 * their type, with Liquid inside them evaluated on the page's objects.
 */
export async function resolveSettings(
  engine: Liquid,
  schema: readonly SettingSchema[],
  values: Values,
  globals: object,
): Promise<Record<string, unknown>> {
  const resolved: Record<string, unknown> = { ...values };
  for (const setting of schema) {
    const { id, default: byDefault } = setting;
    if (id !== undefined)
      resolved[id] = await resolve(engine, setting, values[id] ?? byDefault ?? null, globals);
  }
  return resolved;
}

async function resolve(
  engine: Liquid,
  { type, definition = [] }: SettingSchema,
  raw: unknown,
  globals: object,
): Promise<unknown> {
  const value = typeof raw === "string" && raw.includes("{{") ? await run(engine, raw, globals) : raw;
  const { settings, linklists = {}, collections = {}, all_products: products = {} } = globals as Referable;
  const handle = String(value);
  switch (type) {
    case "color":
      return toColor(value) ?? (value || null);
    case "color_background":
    case "text":
    case "textarea":
    case "richtext":
    case "inline_richtext":
    case "liquid":
      return value ?? "";
    case "color_scheme":
      return settings?.color_schemes?.find(({ id }) => id === value) ?? value;
    case "color_scheme_group":
      return Promise.all(
        Object.entries(value as Record<string, { settings: Values }>).map(
          async ([id, scheme]) =>
            new SchemeDrop(id, await resolveSettings(engine, definition, scheme.settings, globals)),
        ),
      );
    case "color_palette": {
      const colors = Object.entries(value as Values).map(([id, color]) => [id, toColor(color)] as const);
      return Object.assign(
        colors.map(([, color]) => color),
        Object.fromEntries(colors),
      );
    }
    case "font_picker":
      return toFont(value);
    case "link_list":
      return linklists[handle] ?? null;
    case "collection":
      return typeof value === "string" ? (collections[handle] ?? null) : (value ?? null);
    case "product":
      return typeof value === "string" ? (products[handle] ?? null) : (value ?? null);
    case "image_picker":
      return typeof value === "object" ? value : null;
    case "collection_list":
    case "product_list":
      return Array.isArray(value) ? value : [];
    case "page":
    case "blog":
    case "article":
    case "video":
    case "metaobject":
      return null;
    case "url":
      return typeof value === "string" ? value.replace(/^shopify:\//, "") : (value ?? null);
    default:
      return value ?? null;
  }
}

/** The value of a single expression, or else the rendered text. */
async function run(engine: Liquid, text: string, globals: object): Promise<unknown> {
  const [, expression] = /^\s*\{\{-?((?:(?!\}\}|\{\{)[\s\S])*?)-?\}\}\s*$/.exec(text) ?? [];
  return expression === undefined
    ? engine.parseAndRender(text, {}, { globals })
    : engine.evalValue(expression.trim(), globals);
}
