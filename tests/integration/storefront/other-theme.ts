import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Writes a theme with a different structure from the stand-in's: JSON templates, a section group, translations, and a
 * style that sets unusual properties. Its bubble, drawer and picker use Shopify's standard events and actions, like
 * those of Horizon.
 *
 * @param options.apps position of app blocks in its sections
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
  "locales/en.default.json": `{ // Themes comment their texts.
"products": { "buy": "Buy {{ title }}", "sold_out": "Sold out" } }`,
  "layout/theme.liquid": `<!doctype html>
<html lang="{{ request.locale.iso_code }}" dir="{% if request.locale.iso_code == 'ar' %}rtl{% else %}ltr{% endif %}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{{ page_title }}</title>{{ 'base.css' | asset_url | stylesheet_tag }}
<script type="importmap">{ "imports": { "@shopify/events": "https://cdn.shopify.com/storefront/standard-events.js" } }</script>
<script src="{{ 'theme.js' | asset_url }}" type="module"></script>
{{ content_for_header }}</head>
<body>{% sections 'header-group' %}<main>{{ content_for_layout }}</main>{% section 'drawer' %}</body></html>`,
  "assets/base.css": `html { font-size: 62.5%; } * { margin: 0; padding: 0; box-sizing: border-box; }
body { font: 1.6rem/1.8 Georgia, serif; color: #eee; background: #222; }
button { text-transform: uppercase; background: #eee; color: #222; border: 0; width: 100%; }
form { display: flex; flex-direction: column; } ul { list-style: square; } h2, h3 { letter-spacing: 0.3em; }
a { color: inherit; } select { background: #222; color: inherit; }
dialog { width: 100%; }
.grid { display: grid; grid-template-columns: minmax(0, 1fr); } section { padding: 2rem; }`,
  "assets/theme.js": `import { ProductSelectEvent } from "@shopify/events";
const drawer = () => document.querySelector("#drawer");
addEventListener("DOMContentLoaded", () => {
  Shopify.actions.updateCart.configure({ eventTarget: () => drawer() });
  Shopify.actions.openCart.configure({ handler: async () => drawer().showModal() });
});
document.addEventListener("shopify:cart:lines-update", async ({ promise }) => {
  const { cart } = await promise;
  document.querySelector("#bubble").textContent = cart.totalQuantity;
  const answer = await fetch("/?section_id=drawer");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  drawer().innerHTML = page.querySelector("#drawer").innerHTML;
});
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-picker]")) return;
  const url = new URL(location.href);
  url.searchParams.set("option_values", target.value);
  url.searchParams.set("section_id", target.closest(".shopify-section").id.replace("shopify-section-", ""));
  const promise = fetch(url).then(async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const variant = JSON.parse(page.querySelector("#variant").textContent);
    document.querySelector("main [name=id]").value = variant.id;
    document.querySelector("main [name=add]").replaceWith(page.querySelector("[name=add]"));
    return { variant };
  });
  const { productId: id } = target.dataset;
  target.dispatchEvent(new ProductSelectEvent({ product: { id }, selectedOptions: [], promise }));
});`,
  "sections/header-group.json": sections(
    { bar: { type: "announcement", settings: { text: "Free returns" } } },
    ["bar"],
  ),
  "sections/announcement.liquid": `<p>{{ section.settings.text }} <span id="bubble">{{ cart.item_count }}</span></p>
{% schema %}{"name":"Bar","settings":[{"type":"text","id":"text"}]}{% endschema %}`,
  "sections/drawer.liquid": `<dialog id="drawer" aria-label="Cart">{% for item in cart.items %}<p>{{ item.title }}</p>{% endfor %}</dialog>`,
  "templates/index.json": sections({}, []),
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
{% unless product.has_only_default_variant %}<select data-picker data-product-id="{{ product.id }}" aria-label="Variant">
{% for value in product.options_with_values.first.values %}<option value="{{ value.id }}"{% if value.selected %} selected{% endif %}>{{ value }}</option>{% endfor %}
</select>{% endunless %}<script type="application/json" id="variant">{{ variant | json }}</script>
{% form 'product', product %}<input type="hidden" name="id" value="{{ variant.id }}">
<button name="add"{% unless variant.available %} disabled{% endunless %}>{% if variant.available %}{{ 'products.buy' | t: title: product.title }}{% else %}{{ 'products.sold_out' | t }}{% endif %}</button>{% endform %}
<p>{{ variant.price | money }}</p>
</section>
{% schema %}{"name":"Product","settings":[{"type":"text","id":"tone","default":"calm"}],
"blocks":[{"type":"@app"},{"type":"title"}]}{% endschema %}`,
  "templates/cart.liquid": `<h1>Cart</h1><form action="/cart" method="post"><p>{{ cart.total_price | money }}</p></form>`,
};
