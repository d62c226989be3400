import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ThemeExtension } from "#tests/standin/storefront/app-blocks.ts";

const FOLDER = join(import.meta.dirname, "../../../extensions/bundle-offer");

describe("the theme editor without an offer to draw", () => {
  const product = { id: 7, title: "Tea <7>", price: 1_050, metafields: { $app: {} } };
  const PLACES: readonly [template: string, target: "section" | "head", block: string][] = [
    ["product", "section", "bundle-offer"],
    ["collection", "section", "bundle-compact"],
    ["cart", "section", "bundle-cart"],
    ["product", "head", "bundle-anywhere"],
    ["cart", "head", "bundle-anywhere"],
  ];
  const draw = async (
    [template, target]: (typeof PLACES)[number],
    { isEditor = true, chosen = {}, shown = product as object | null } = {},
  ) => {
    const extension = new ThemeExtension(FOLDER, {
      currency: "EUR",
      locale: "de",
      blockSettings: { "bundle-anywhere": {} },
    });
    const globals = {
      product: shown,
      request: { design_mode: isEditor, page_type: template },
      routes: { cart_add_url: "/cart/add", cart_update_url: "/cart/update" },
      cart: { item_count: 0, attributes: {}, items: shown ? [{ product: shown }] : [] },
    };
    const blocks = await extension.renderBlocks(template, target, globals, chosen);
    return blocks.map(({ html }) => html).join("");
  };

  it.each(PLACES)("shows visitors of a %s page no example (%s, %s)", async (...place) => {
    const html = await draw(place, { isEditor: false });
    expect(html).not.toContain("bundlesmith__offer");
    expect(html).not.toContain("Beispiel");
  });

  it.each(PLACES)("shows an example on a %s page that cannot be bought (%s, %s)", async (...place) => {
    const html = await draw(place);
    expect(html).toMatch(/<div class="bundlesmith__offer"[^>]* inert>/);
    expect(html).toContain(">Beispiel</h3>");
    expect(html).toContain("Tea &lt;7&gt;");
    // Two at 10.50, less 10 %.
    expect(html).toContain("€18.90");
    expect(html).toMatch(/<button type="button"[^>]* disabled>/);
    const besides = /<script>[\s\S]*?<\/script>/g;
    for (const sold of [' data-bundlesmith-offer="', "<form", ' name="'])
      expect(html.replace(besides, "")).not.toContain(sold);
  });

  it("applies the block's settings to the example, even without a product", async () => {
    const chosen = { heading: "Passt dazu", layout: "stack", show_images: false };
    const html = await draw(PLACES[0]!, { chosen, shown: null });
    expect(html).toContain("bundlesmith--stack");
    expect(html).toContain("Passt dazu");
    expect(html).not.toContain("bundlesmith__image");
    expect(html).toContain("Ein anderes Produkt");
    expect(html).toContain("€36.00");
    expect(await draw(PLACES[0]!)).toContain("bundlesmith__image");
  });

  it("sets no styles if the merchant left them to the theme", async () => {
    for (const place of PLACES) {
      const html = await draw(place);
      expect(html.match(/<section[^>]*>/)?.[0] ?? "").not.toContain("style=");
      expect(html).not.toContain("<style>\n      #bundlesmith-");
    }
  });

  it("uses the merchant's texts, sizes and colours, and escapes markup in the texts", async () => {
    const chosen = {
      button_text: "Take {both} <b>for</b> [amount]",
      badge_text: "−[amount] | deal",
      radius: 0,
      text_size: "large",
      image_size: "large",
      layout: "row",
      color_text: "#112233",
      color_background: "#eeeeee",
      color_button: "#005500",
    };
    const html = await draw(PLACES[0]!, { chosen });
    expect(html).toContain("Take both &lt;b&gt;for&lt;/b&gt; €18.90</button>");
    expect(html).toContain('<span class="bundlesmith__saving">−€2.10 | deal</span>');
    const style = /<section[^>]* style="([^"]*)"/.exec(html)?.[1];
    expect(style).toBe(
      "font-size:var(--font-size--lg,1.125em);--bundlesmith-radius:0px;--bundlesmith-picture:15em;color:#112233;",
    );
    expect(html).toMatch(/#bundlesmith-[\w-]+ \.bundlesmith__offer \{ background: #eeeeee \}/);
    expect(html).toMatch(/#bundlesmith-[\w-]+ \.bundlesmith__add \{ background: #005500 \}/);
    expect(html).not.toMatch(/\.bundlesmith__add \{ color/);
  });
});
