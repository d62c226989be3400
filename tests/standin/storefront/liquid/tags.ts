import {
  RenderTag,
  Tag,
  type Context,
  type Emitter,
  type Liquid,
  type Parser,
  type TagToken,
  type Template,
  type TopLevelToken,
} from "liquidjs";
import type { Theme } from "./theme-engine.ts";
import { PLACED, type PlacedBlock } from "./theme-files.ts";

function parseUntil(end: string, token: TagToken, remaining: TopLevelToken[], parser: Parser): Template[] {
  const templates: Template[] = [];
  for (let next = remaining.shift(); next !== undefined; next = remaining.shift()) {
    if ("name" in next && next.name === end) return templates;
    templates.push(parser.parseToken(next, remaining));
  }
  throw new Error(`tag ${token.getText()} is not closed`);
}

/** Arguments of a tag: `'product', product, class: 'x', closest.product: product`, each an expression. */
interface TagArguments {
  readonly listed: readonly string[];
  readonly named: readonly (readonly [name: string, expression: string])[];
}

function readArguments(text: string): TagArguments {
  const parts = (text.match(/(?:'[^']*'|"[^"]*"|[^,'"])+/g) ?? []).map((part) => part.trim());
  const pairs = parts.map(
    (part) => /^([\w.:-]*[\w-])\s*:\s+?([\s\S]+)$/.exec(part) ?? /^([\w.-]+):([\s\S]+)$/.exec(part),
  );
  return {
    listed: parts.filter((part, index) => part !== "" && !pairs[index]),
    named: pairs.flatMap((pair) => (pair ? [[pair[1]!, pair[2]!.trim()] as const] : [])),
  };
}

function* evaluateNamed(liquid: Liquid, { named }: TagArguments, context: Context) {
  const values: Record<string, unknown> = {};
  for (const [name, expression] of named) values[name] = yield liquid._evalValue(expression, context);
  return values;
}

/** `{% layout none %}` has no effect: the caller of the page's rendering chooses the layout. */
class LayoutTag extends Tag {
  override *render(): Generator<unknown, void, unknown> {}
}

/** `{% style %}`: Liquid inside a style element. */
class StyleTag extends Tag {
  readonly #templates: Template[];
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    this.#templates = parseUntil("endstyle", token, remaining, parser);
  }
  override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    emitter.write("<style data-shopify>");
    yield this.liquid.renderer.renderTemplates(this.#templates, context, emitter);
    emitter.write("</style>");
  }
}

const ACTIONS: Readonly<Record<string, string>> = {
  product: "/cart/add",
  cart: "/cart",
  localization: "/localization",
  customer: "/contact#contact_form",
  contact: "/contact#contact_form",
};

/** `{% form 'product', product %}` and the like: Shopify's form with its hidden fields. */
class FormTag extends Tag {
  readonly #arguments: TagArguments;
  readonly #templates: Template[];
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    this.#arguments = readArguments(token.args);
    this.#templates = parseUntil("endform", token, remaining, parser);
  }
  override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const kind = String(yield this.liquid._evalValue(this.#arguments.listed[0] ?? "''", context));
    const { return_to: returnTo, ...attributes } = (yield* evaluateNamed(
      this.liquid,
      this.#arguments,
      context,
    )) as Record<string, unknown>;
    const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${String(value ?? "")}"`);
    emitter.write(
      `<form method="post" action="${ACTIONS[kind] ?? "/"}" accept-charset="UTF-8"${kind === "product" ? ' enctype="multipart/form-data"' : ""}${written.join("")}>`,
    );
    emitter.write(
      `<input type="hidden" name="form_type" value="${kind}"><input type="hidden" name="utf8" value="✓">`,
    );
    if (returnTo === "back") emitter.write(`<input type="hidden" name="return_to" value="/">`);
    context.push({ form: { id: attributes["id"] ?? null, errors: null, "posted_successfully?": false } });
    yield this.liquid.renderer.renderTemplates(this.#templates, context, emitter);
    context.pop();
    emitter.write("</form>");
  }
}

/** `{% paginate list by n %}`. It creates no pages itself, because the page's route has cut the list. */
class PaginateTag extends Tag {
  readonly #templates: Template[];
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    this.#templates = parseUntil("endpaginate", token, remaining, parser);
  }
  override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const known = (context.globals as { paginate?: object }).paginate;
    context.push({ paginate: { current_page: 1, pages: 1, current_offset: 0, parts: [], ...known } });
    yield this.liquid.renderer.renderTemplates(this.#templates, context, emitter);
    context.pop();
  }
}

/** Registers the tags that themes and app blocks have on Shopify in addition to Liquid's own. */
export function registerTags(engine: Liquid): void {
  engine.registerTag("layout", LayoutTag);
  engine.registerTag("style", StyleTag);
  engine.registerTag("form", FormTag);
  engine.registerTag("paginate", PaginateTag);
}

type Draw = (
  theme: Theme,
  given: { context: Context; names: string[]; values: Record<string, unknown> },
) => Promise<string>;

/**
 * Registers the tags that only themes have: `{% section 'x' %}`, `{% sections 'group' %}`, `{% content_for %}`, and
 * `{% render block %}`, which draws an app's block.
 */
export function registerSectionTags(engine: Liquid, theme: Theme): void {
  const drawing = (draw: Draw) =>
    class extends Tag {
      readonly #arguments: TagArguments;
      constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
        super(token, remaining, liquid);
        this.#arguments = readArguments(token.args);
      }
      override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
        const names: string[] = [];
        for (const one of this.#arguments.listed)
          names.push(String(yield this.liquid._evalValue(one, context)));
        const values = (yield* evaluateNamed(this.liquid, this.#arguments, context)) as Record<
          string,
          unknown
        >;
        emitter.write(yield draw(theme, { context, names, values }));
      }
    };
  engine.registerTag(
    "section",
    drawing((theme, { context, names }) => theme.drawNamed(names[0]!, context.globals)),
  );
  engine.registerTag(
    "sections",
    drawing((theme, { context, names }) => theme.drawGroup(names[0]!, context.globals)),
  );
  engine.registerTag(
    "content_for",
    drawing(async (theme, { context, names, values }) => {
      const blocks = placedHere(context);
      if (names[0] === "block") {
        const { type, id, ...given } = values;
        const known = blocks.find((one) => one.isStatic && one.id === id);
        const placed = known ?? {
          id: String(id),
          type: String(type),
          settings: {},
          blocks: [],
          isStatic: true,
        };
        return theme.drawBlock(placed, context.globals, given);
      }
      let html = "";
      for (const block of blocks)
        if (!block.isStatic) html += await theme.drawBlock(block, context.globals, values);
      return html;
    }),
  );
  engine.registerTag(
    "render",
    class extends Tag {
      readonly #partial: RenderTag | null;
      constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
        super(token, remaining, liquid);
        const isBlock = /^\s*block\s*$/.test(token.args);
        this.#partial = isBlock ? null : new RenderTag(token, remaining, liquid, parser);
      }
      override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
        if (this.#partial) {
          yield* this.#partial.render(context, emitter);
          return;
        }
        const block = context.getSync(["block"]) as { html?: string } | undefined;
        emitter.write(block?.html ?? "");
      }
    },
  );
}

/** The blocks placed in the current block, or else in the current section. */
function placedHere(context: Context): readonly PlacedBlock[] {
  const { block, section } = context.globals as Record<"block" | "section", Placed | undefined>;
  return (block ?? section)?.[PLACED].blocks ?? [];
}

interface Placed {
  readonly [PLACED]: { readonly blocks: readonly PlacedBlock[] };
}
