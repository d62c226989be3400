import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Writes a theme that is built otherwise than the stand-in's: JSON templates, a section group, translations, tags and
 * filters of Shopify that the engine does not know, and a style that sets what others leave alone.
 *
 * @param options.apps where its sections have a place for app blocks
 */
export function writeOtherTheme(
  folder: string,
  { apps = "beside its form" }: { apps?: "beside its form" | "inside its form" | "nowhere" } = {},
): void {
  for (const [name, text] of Object.entries(FILES)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    if (apps === "nowhere") writeFileSync(path, text.replace('{"type":"@app"},', ""));
    else if (apps === "inside its form")
      writeFileSync(path, text.replace(BLOCKS, "").replace("<button name", `${BLOCKS}<button name`));
    else writeFileSync(path, text);
  }
}

const sections = (placed: object, order: string[]) =>
  `/* Written by the theme editor. */\n${JSON.stringify({ sections: placed, order })}`;

const BLOCKS = `{% for block in section.blocks %}{% case block.type %}
{% when '@app' %}{% render block %}
{% when 'title' %}<h1>{{ product.title | escape }}</h1>
{% endcase %}{% endfor %}`;

const FILES: Readonly<Record<string, string>> = {
  "locales/en.default.json": JSON.stringify({ products: { buy: "Buy {{ title }}" } }),
  "layout/theme.liquid": `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{{ page_title }}</title>{{ content_for_header }}{{ 'base.css' | asset_url | stylesheet_tag }}
{{ content_for_head_end }}</head>
<body>{% sections 'header-group' %}<main>{{ content_for_layout }}</main>{{ content_for_body_end }}</body></html>`,
  "assets/base.css": `html { font-size: 62.5%; } * { margin: 0; padding: 0; box-sizing: border-box; }
body { font: 1.6rem/1.8 Georgia, serif; color: #eee; background: #222; }
button { text-transform: uppercase; background: #eee; color: #222; border: 0; width: 100%; }
form { display: flex; flex-direction: column; } ul { list-style: square; } h2, h3 { letter-spacing: 0.3em; }
.grid { display: grid; grid-template-columns: minmax(0, 1fr); } section { padding: 2rem; }`,
  "sections/header-group.json": sections(
    { bar: { type: "announcement", settings: { text: "Free returns" } } },
    ["bar"],
  ),
  "sections/announcement.liquid": `<p>{{ section.settings.text }}</p>{% schema %}{"name":"Bar"}{% endschema %}`,
  "templates/product.json": sections(
    {
      main: {
        type: "main-product",
        blocks: {
          title: { type: "title", settings: {} },
          old: { type: "shopify://apps/another/blocks/one/1", settings: {} },
        },
        block_order: ["title", "old"],
      },
      off: { type: "absent", disabled: true },
    },
    ["main", "off"],
  ),
  "sections/main-product.liquid": `{%- liquid
  assign variant = product.selected_or_first_available_variant
-%}
<section class="grid {{ section.settings.tone }}">
${BLOCKS}
{% form 'product', product %}<input type="hidden" name="id" value="{{ variant.id }}">
<button name="add">{{ 'products.buy' | t: title: product.title }}</button>{% endform %}
<p>{{ variant.price | money | an_unknown_filter }}</p>{% an_unknown_tag 'x' %}{% endan_unknown_tag %}
</section>
{% schema %}{"name":"Product","settings":[{"type":"text","id":"tone","default":"calm"}],
"blocks":[{"type":"@app"},{"type":"title"}]}{% endschema %}`,
  "templates/cart.liquid": `<h1>Cart</h1><form action="/cart" method="post"><p>{{ cart.total_price | money }}</p></form>`,
};
