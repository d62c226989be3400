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

/** The text between a tag and its end tag, not read as Liquid. */
function takeRaw(token: TagToken, remaining: TopLevelToken[]): string {
  const endName = `end${token.name}`;
  let text = "";
  for (let next = remaining.shift(); next !== undefined; next = remaining.shift()) {
    if ("name" in next && next.name === endName) return text;
    text += next.getText();
  }
  throw new Error(`tag ${token.getText()} is not closed`);
}

/** A tag whose content is for Shopify's editor or build and leaves nothing on the page. */
class SilentTag extends Tag {
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    takeRaw(token, remaining);
  }
  override *render(): Generator<unknown, void, unknown> {}
}

function wrapping(before: string, after: string) {
  return class extends Tag {
    readonly #text: string;
    constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
      super(token, remaining, liquid);
      this.#text = takeRaw(token, remaining);
    }
    override *render(_: Context, emitter: Emitter): Generator<unknown, void, unknown> {
      emitter.write(`${before}${this.#text}${after}`);
    }
  };
}

/** `{% style %}`: Liquid inside a style element. */
class StyleTag extends Tag {
  readonly #templates: Template[];
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    this.#templates = parseUntil("endstyle", token, remaining, parser);
  }
  override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    emitter.write("<style>");
    yield this.liquid.renderer.renderTemplates(this.#templates, context, emitter);
    emitter.write("</style>");
  }
}

/** `{% form 'product', product %}` and the like: Shopify's form with its hidden fields. */
class FormTag extends Tag {
  readonly #kind: string;
  readonly #extra: string;
  readonly #templates: Template[];
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid);
    this.#kind = /^\s*['"](\w+)['"]/.exec(token.args)?.[1] ?? "";
    this.#extra = [...token.args.matchAll(/([\w-]+):\s*'([^']*)'/g)]
      .map(([, name, value]) => ` ${name}="${value}"`)
      .join("");
    this.#templates = parseUntil("endform", token, remaining, parser);
  }
  override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const action = this.#kind === "product" ? "/cart/add" : this.#kind === "cart" ? "/cart" : "/";
    emitter.write(`<form method="post" action="${action}" accept-charset="UTF-8"${this.#extra}>`);
    emitter.write(
      `<input type="hidden" name="form_type" value="${this.#kind}"><input type="hidden" name="utf8" value="✓">`,
    );
    yield this.liquid.renderer.renderTemplates(this.#templates, context, emitter);
    emitter.write("</form>");
  }
}

function parseUntil(end: string, token: TagToken, remaining: TopLevelToken[], parser: Parser): Template[] {
  const templates: Template[] = [];
  for (let next = remaining.shift(); next !== undefined; next = remaining.shift()) {
    if ("name" in next && next.name === end) return templates;
    templates.push(parser.parseToken(next, remaining));
  }
  throw new Error(`tag ${token.getText()} is not closed`);
}

/** Registers the tags that themes and app blocks have on Shopify beside Liquid's own. */
export function registerTags(engine: Liquid): void {
  engine.registerTag("schema", SilentTag);
  engine.registerTag("doc", SilentTag);
  engine.registerTag("javascript", wrapping("<script>", "</script>"));
  engine.registerTag("stylesheet", wrapping("<style>", "</style>"));
  engine.registerTag("style", StyleTag);
  engine.registerTag("form", FormTag);
}

/**
 * `{% section 'main-product' %}` of a theme: renders sections/NAME.liquid with `section.blocks` in a wrapper, and
 * `{% render block %}` inside of it, which draws an app block that was rendered beforehand.
 */
export function registerSectionTags(engine: Liquid): void {
  engine.registerTag(
    "section",
    class extends Tag {
      readonly #name: string;
      constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
        super(token, remaining, liquid);
        this.#name = /['"]([\w-]+)['"]/.exec(token.args)?.[1] ?? "";
      }
      override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
        emitter.write(
          yield this.liquid.renderFile(`sections/${this.#name}`, sectionScope(context.globals, this.#name), {
            globals: context.globals,
          }),
        );
      }
    },
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
          yield this.#partial.render(context, emitter);
          return;
        }
        const block = (yield context.get(["block"])) as { html?: string } | undefined;
        emitter.write(block?.html ?? "");
      }
    },
  );
}

/** What a section sees: everything global, and itself with the app blocks that the merchant put into it. */
export function sectionScope(globals: object, name: string): object {
  const { app_blocks: blocks } = globals as { app_blocks?: Record<string, unknown[]> };
  return { ...globals, section: { id: name, settings: {}, blocks: blocks?.[name] ?? [] } };
}
