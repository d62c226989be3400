import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { armOf, hashText } from "#app/domain/evaluate/holdout.ts";
import { buildExtensions } from "#extensions/build.ts";
import { checkTheme } from "#extensions/check-theme.ts";
import { ThemeExtension } from "#tests/standin/storefront/app-blocks.ts";

const FOLDER = join(import.meta.dirname, "../../../extensions/bundle-offer");
const VISITOR = "0123456789abcdef0123456789abcdef";

/** The arm that the block's inline script decides before anything is painted. */
async function decideArm(
  storefront: object | null,
  kept: string | null,
  {
    isEditor = false,
    dismissed = "",
    Shopify = {},
    areCookiesOn = true,
  }: { isEditor?: boolean; dismissed?: string; Shopify?: object; areCookiesOn?: boolean } = {},
) {
  const extension = new ThemeExtension(FOLDER, { currency: "EUR" });
  const [embed] = await extension.renderBlocks("index", "body", {
    app: { metafields: { bundlesmith: { storefront: storefront && { value: storefront } } } },
    request: { design_mode: isEditor },
    routes: { cart_add_url: "/fr/cart/add", cart_update_url: "/fr/cart/update" },
    cart: { item_count: 0, attributes: {} },
  });
  const script = /<script>([\s\S]*?)<\/script>/.exec(embed!.html)![1]!;
  const jar = new Map([["theme", "light"]]);
  if (kept !== null) jar.set("bundlesmith", kept);
  if (dismissed !== "") jar.set("bundlesmith-dismissed", dismissed);
  const attributes = new Map<string, string>();
  const style = { textContent: "" };
  const window: {
    Shopify: object;
    bundlesmith?: {
      visitor: string;
      arm: string;
      mark?: string;
      add: string;
      update: string;
      dismiss: (id: string) => void;
    };
  } = { Shopify };
  runInNewContext(script, {
    window,
    crypto,
    navigator: { cookieEnabled: areCookiesOn },
    document: {
      get cookie() {
        return areCookiesOn ? [...jar].map(([name, value]) => `${name}=${value}`).join("; ") : "";
      },
      set cookie(text: string) {
        const [, name, value, age] = /^([\w-]+)=([^;]*);.*max-age=(\d+)$/.exec(text)!;
        if (age === "0") jar.delete(name!);
        else jar.set(name!, value!);
      },
      createElement: () => style,
      head: { appendChild: () => style },
      documentElement: { setAttribute: (key: string, value: string) => attributes.set(key, value) },
    },
  });
  return {
    ...window.bundlesmith!,
    stored: jar.get("bundlesmith"),
    dismissedNow: () => jar.get("bundlesmith-dismissed"),
    shown: attributes.get("data-bundlesmith"),
    style: style.textContent,
  };
}

/** Shopify's customer privacy API, loaded before the block. */
const consentOf = (isAllowed: boolean) => ({
  loadFeatures: () => {},
  customerPrivacy: { analyticsProcessingAllowed: () => isAllowed },
});

describe("the arm that a page decides", () => {
  const KEPT = `t:${VISITOR}`;

  it("is the treated one where the app published no settings", async () => {
    expect(await decideArm(null, KEPT)).toMatchObject({ arm: "t", shown: "t", visitor: VISITOR });
  });

  it("is the one that the app computes for the same visitor, whatever an earlier page kept", async () => {
    const salt = "a salt of the shop";
    const place = hashText(`${salt}:${VISITOR}`) % 1000;
    for (const holdoutPermille of [0, place, place + 1, 500]) {
      const { arm } = await decideArm({ v: 1, salt, holdoutPermille }, KEPT);
      expect(arm).toBe(armOf(VISITOR, { salt, holdoutPermille }) === "holdout" ? "h" : "t");
    }
    expect((await decideArm({ v: 1, salt, holdoutPermille: place }, KEPT)).arm).toBe("t");
    const moved = await decideArm({ v: 1, salt, holdoutPermille: place + 1 }, KEPT);
    expect([moved.arm, moved.stored]).toEqual(["h", `h:${VISITOR}`]);
  });

  it("is kept with a new visitor's pseudonym, and what is none is replaced", async () => {
    for (const kept of [null, "tampered", `x:${VISITOR}`, `t:${VISITOR}0`]) {
      const drawn = await decideArm({ v: 1, salt: "12345678", holdoutPermille: 100 }, kept);
      expect(drawn.visitor).toMatch(/^[0-9a-f]{32}$/);
      expect(drawn.visitor).not.toBe(VISITOR);
      expect(drawn.stored).toBe(`${drawn.arm}:${drawn.visitor}`);
    }
  });

  it("is none where the browser keeps no cookies: a visitor drawn on every page would count as many", async () => {
    const drawn = await decideArm({ v: 1, salt: "12345678", holdoutPermille: 500 }, null, {
      areCookiesOn: false,
    });
    expect(drawn).toMatchObject({ arm: "", visitor: "", shown: "" });
  });

  it("is none in the theme editor and in a theme's preview, and what a visit of the merchant's kept is forgotten", async () => {
    const settings = { v: 1, salt: "12345678", holdoutPermille: 500 };
    for (const Shopify of [{ designMode: true }, { theme: { role: "unpublished" } }]) {
      const drawn = await decideArm(settings, KEPT, { Shopify });
      expect(drawn).toMatchObject({ arm: "", visitor: "", shown: "", stored: "own" });
      expect((await decideArm(settings, "own")).visitor).toMatch(/^[0-9a-f]{32}$/);
    }
    for (const Shopify of [{ theme: { role: "main" } }, { theme: {} }])
      expect(await decideArm(settings, KEPT, { Shopify })).toMatchObject({ visitor: VISITOR });
  });

  it("is none in a browser that the merchant left out, on all its visits, whatever it said of cookies", async () => {
    const settings = { v: 1, salt: "12345678", holdoutPermille: 500 };
    for (const Shopify of [{}, consentOf(true), consentOf(false), { loadFeatures: () => {} }]) {
      const left = await decideArm(settings, "out", { Shopify });
      expect(left).toMatchObject({ arm: "", visitor: "", shown: "out", stored: "out" });
    }
  });

  it("is none, and nothing but the refusal is kept, where the shopper refused", async () => {
    const Shopify = consentOf(false);
    expect(await decideArm(null, KEPT, { Shopify })).toMatchObject({
      arm: "",
      visitor: "",
      stored: "refused",
    });
    const pending = { loadFeatures: () => {} };
    expect(await decideArm(null, "refused", { Shopify: pending })).toMatchObject({
      arm: "",
      stored: "refused",
    });
  });

  it("is decided but not kept until the shop's consent script has loaded", async () => {
    const Shopify = { loadFeatures: () => {} };
    const { arm, stored, mark } = await decideArm(null, null, { Shopify });
    expect([arm, stored, mark]).toEqual(["t", undefined, undefined]);
    expect((await decideArm(null, KEPT, { Shopify })).visitor).toBe(VISITOR);
  });

  it("goes on the cart as it is kept, and the mark there is empty where there is none or it is refused", async () => {
    const marks = [
      consentOf(true),
      consentOf(false),
      { designMode: true },
      { theme: { role: "unpublished" } },
    ];
    const drawn = await Promise.all(marks.map((Shopify) => decideArm(null, KEPT, { Shopify })));
    expect(drawn.map(({ mark }) => mark)).toEqual([KEPT, "", "", ""]);
    expect(await decideArm(null, "out")).toMatchObject({ mark: "" });
  });

  it("is drawn anew for a shopper who refused and then agreed", async () => {
    const { visitor, stored } = await decideArm(null, "refused", { Shopify: consentOf(true) });
    expect(visitor).toMatch(/^[0-9a-f]{32}$/);
    expect(stored).toBe(`t:${visitor}`);
  });

  it("comes with a style that hides what was dismissed, and takes nothing else for an offer", async () => {
    const [first, second] = ["7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f", "0b5b0b9e-0000-4000-8000-000000000000"];
    const { style, dismiss, dismissedNow } = await decideArm(null, KEPT, { dismissed: first });
    expect(style).toContain(`[data-bundlesmith-offer="${first}"] { display: none; }`);
    dismiss(second);
    expect(dismissedNow()).toBe(`${first}_${second}`);
    const both = await decideArm(null, KEPT, { dismissed: `${first}_${second}` });
    expect(both.style).toContain(`"${first}"], [data-bundlesmith-offer="${second}"]`);
    expect((await decideArm(null, KEPT, { dismissed: `${first}"]{}` })).style).toBe("");
    expect((await decideArm(null, KEPT)).style).toBe("");
  });

  it("is never the holdout in the theme editor, and no offer is hidden there for having been dismissed", async () => {
    const settings = { v: 1, salt: "12345678", holdoutPermille: 500 };
    const dismissed = "7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f";
    expect(await decideArm(settings, KEPT, { isEditor: true, dismissed })).toMatchObject({
      arm: "t",
      style: "",
    });
  });

  it("goes with the addresses of the shopper's language", async () => {
    expect(await decideArm(null, KEPT)).toMatchObject({
      add: "/fr/cart/add.js",
      update: "/fr/cart/update.js",
    });
  });
});

describe("the theme extension", () => {
  it("passes Shopify's own linter, which does find what is wrong", async () => {
    expect((await checkTheme(FOLDER)).findings).toEqual([]);
    const broken = mkdtempSync(join(tmpdir(), "bundle-offer-"));
    try {
      cpSync(FOLDER, broken, { recursive: true });
      writeFileSync(
        join(broken, "blocks/broken.liquid"),
        "{{ 'offer.unheard_of' | t }}{% include 'nowhere' %}",
      );
      expect((await checkTheme(broken)).findings.join("\n")).toMatch(/blocks\/broken\.liquid/);
    } finally {
      rmSync(broken, { recursive: true });
    }
  });

  it("stays within its budget: script 6,000 bytes, style 8,000, pixel 6,000", async () => {
    const { "bundle-pixel": pixel } = await buildExtensions(["bundle-pixel"]);
    expect(statSync(join(FOLDER, "assets/bundle-offer.js")).size).toBeLessThanOrEqual(6_000);
    expect(statSync(join(FOLDER, "assets/bundle-offer.css")).size).toBeLessThanOrEqual(8_000);
    expect(statSync(pixel!).size).toBeLessThanOrEqual(6_000);
  });

  it("names its blocks in no more than the 25 characters that Shopify takes", () => {
    for (const name of readdirSync(join(FOLDER, "locales")).filter((one) => one.endsWith(".schema.json"))) {
      const { blocks } = JSON.parse(readFileSync(join(FOLDER, "locales", name), "utf8")) as {
        blocks: Record<string, { name: string }>;
      };
      for (const block of Object.values(blocks)) expect(block.name.length, name).toBeLessThanOrEqual(25);
    }
  });

  it.each(["json", "schema.json"])("has every text in every language (%s)", (ending) => {
    const keysOf = (value: unknown, prefix = ""): string[] =>
      typeof value === "object" && value !== null
        ? Object.entries(value).flatMap(([key, inner]) => keysOf(inner, `${prefix}.${key}`))
        : [`${prefix} ${[...String(value).matchAll(/\{\{ \w+ \}\}/g)].join()}`];
    const read = (name: string): unknown => JSON.parse(readFileSync(join(FOLDER, "locales", name), "utf8"));
    const expected = keysOf(read(`en.default.${ending}`)).sort();
    const names = readdirSync(join(FOLDER, "locales")).filter(
      (name) => name.split(".").slice(1).join(".") === ending,
    );
    expect(names.length).toBeGreaterThanOrEqual(2);
    for (const name of names) expect(keysOf(read(name)).sort()).toEqual(expected);
  });
});

describe("the short form in a list of products", () => {
  const variant = (id: number, more: object = {}) => ({
    id,
    price: 1_000,
    available: true,
    title: "Default Title",
    product: { title: `Tea ${id}`, has_only_default_variant: true },
    ...more,
  });
  const productOf = (id: number, other: object = {}) => ({
    id,
    metafields: {
      $app: {
        bundles: {
          value: {
            v: 1,
            o: [
              {
                id: "7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f",
                t: "Tea set",
                bp: 1_500,
                c: [part("11"), part("22")],
              },
            ],
          },
        },
        bundle_variants: { value: [variant(11), variant(22, other)] },
      },
    },
  });
  const part = (v: string) => ({ v, q: 1 });
  const draw = async (product: object, more: object = {}, chosen: Record<string, unknown> = {}) => {
    const extension = new ThemeExtension(FOLDER, { currency: "EUR" });
    const blocks = await extension.renderBlocks(
      "collection",
      "section",
      {
        product,
        request: { design_mode: false },
        routes: { cart_add_url: "/cart/add", cart_update_url: "/cart/update" },
        ...more,
      },
      chosen,
    );
    return blocks.map(({ html }) => html).join("");
  };

  it("is hidden from companies only, and only where the merchant says so", async () => {
    const company = { customer: { "b2b?": true } };
    const hide = { hide_b2b: true };
    expect(await draw(productOf(1), company)).toContain("data-bundlesmith-offer");
    const person = { customer: { "b2b?": false } };
    expect(await draw(productOf(1), person, hide)).toContain("data-bundlesmith-offer");
    expect(await draw(productOf(1), company, hide)).not.toContain('class="bundlesmith__offer"');
  });

  it("draws nothing for a product without an offer, or with one that cannot be bought", async () => {
    expect(await draw({ id: 1, metafields: { $app: {} } })).not.toContain('class="bundlesmith__offer"');
    expect(await draw(productOf(1, { available: false }))).not.toContain('class="bundlesmith__offer"');
    expect(await draw(productOf(1, { price: 0 }))).not.toContain('class="bundlesmith__offer"');
    expect(await draw(productOf(1, { "quantity_price_breaks_configured?": true }))).not.toContain(
      'class="bundlesmith__offer"',
    );
  });

  it("is not drawn once its last day is over", async () => {
    const isDrawn = async (u: number) => {
      const dated = productOf(1);
      Object.assign(dated.metafields.$app.bundles.value.o[0]!, { u });
      return (await draw(dated)).includes("data-bundlesmith-offer");
    };
    expect(await isDrawn(20200101)).toBe(false);
    expect(await isDrawn(20990101)).toBe(true);
    const today = Number(new Date().toISOString().slice(0, 10).replaceAll("-", ""));
    expect(await isDrawn(today)).toBe(true);
  });

  it("is drawn for shoppers of its countries alone", async () => {
    const isDrawn = async (m: string | undefined, iso_code: string | undefined) => {
      const limited = productOf(1);
      Object.assign(limited.metafields.$app.bundles.value.o[0]!, { m });
      const localization = iso_code === undefined ? undefined : { country: { iso_code } };
      return (await draw(limited, { localization })).includes("data-bundlesmith-offer");
    };
    expect(await isDrawn(undefined, "DE")).toBe(true);
    expect(await isDrawn("AT DE", "DE")).toBe(true);
    expect(await isDrawn("AT DE", "CH")).toBe(false);
    expect(await isDrawn("AT DE", "TD")).toBe(false);
    expect(await isDrawn("AT DE", undefined)).toBe(false);
  });

  it("is not drawn while a line that it needs has another discount, which the cart could not add to", async () => {
    const line = (variantId: number, title: string) => ({
      variant_id: variantId,
      product_id: 1,
      line_level_discount_allocations: [{ amount: 100, discount_application: { title } }],
    });
    const isDrawn = async (...items: object[]) =>
      (await draw(productOf(1), { cart: { items } })).includes("data-bundlesmith-offer");
    expect(await isDrawn(line(22, "Bundle offer: Another set"))).toBe(false);
    expect(await isDrawn(line(11, "Summer sale"))).toBe(false);
    expect(await isDrawn(line(33, "Summer sale"))).toBe(true);
    // A second set of the same bundle is discounted like the first.
    expect(await isDrawn(line(11, "Bundle offer: Tea set"), line(22, "Bundle offer: Tea set"))).toBe(true);
    // The Function names it in the shopper's language.
    expect(await isDrawn(line(11, "セット割引: Tea set"), line(22, "セット割引: Tea set"))).toBe(true);
    expect(await isDrawn(line(11, "Summer: Tea"))).toBe(false);
  });

  it("is not drawn while another offer of the same title holds what it needs", async () => {
    const line = (variantId: number, isDiscounted = true) => ({
      variant_id: variantId,
      product_id: 1,
      line_level_discount_allocations: isDiscounted
        ? [{ amount: 100, discount_application: { title: "Bundle offer: Tea set" } }]
        : [],
    });
    const isDrawn = async (...items: object[]) =>
      (await draw(productOf(1), { cart: { items } })).includes("data-bundlesmith-offer");
    expect(await isDrawn(line(11), line(33)), "11 with 33").toBe(false);
    expect(await isDrawn(line(33), line(11), line(22, false)), "11 with 33 beside a plain 22").toBe(false);
    expect(await isDrawn(line(11), line(22), line(33)), "all three").toBe(false);
    expect(await isDrawn(line(11), line(33), line(22), line(44)), "two pairs that cross").toBe(false);
    expect(await isDrawn(line(33), line(44)), "what it does not need").toBe(true);
    expect(await isDrawn(line(11), line(11), line(22)), "its own, on three lines").toBe(true);
  });

  it("is not drawn while a line that counts holds a component at another price than a buyer would now pay", async () => {
    const line = (variantId: number, unitPrice: number, isPlan = true) => ({
      variant_id: variantId,
      product_id: 1,
      original_price: unitPrice,
      variant: { price: 1_000 },
      selling_plan_allocation: isPlan ? { price: unitPrice } : null,
      line_level_discount_allocations: [],
    });
    const isDrawn = async (s: 1 | undefined, ...items: object[]) => {
      const product = productOf(1);
      Object.assign(product.metafields.$app.bundles.value, { s });
      return (await draw(product, { cart: { items } })).includes("data-bundlesmith-offer");
    };
    expect(await isDrawn(1, line(11, 900))).toBe(false);
    expect(await isDrawn(1, line(22, 900, false))).toBe(false);
    expect(await isDrawn(1, line(11, 1_000), line(33, 900))).toBe(true);
    expect(await isDrawn(undefined, line(11, 900))).toBe(true);
  });

  it("has ids of the product's own, so that a card each may hold one", async () => {
    const idsOf = (html: string) => [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    const [one, two] = [idsOf(await draw(productOf(1))), idsOf(await draw(productOf(2)))];
    expect(one.length).toBeGreaterThan(1);
    const inForms = (ids: (string | undefined)[]) => ids.filter((id) => id?.startsWith("bundlesmith-"));
    expect(inForms(one).filter((id) => two.includes(id))).toEqual([]);
  });

  it("names the price per measure where the variant has one", async () => {
    const measured = {
      unit_price: 250,
      unit_price_measurement: { reference_value: 100, reference_unit: "ml" },
    };
    expect(await draw(productOf(1, measured))).toContain("€2.50/100ml");
  });
});

describe("the block on the cart page", () => {
  const OFFER = { id: "7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f", t: "Tea set", bp: 1_500 };
  const variantOf = (id: number, price: number, more: object = {}) => ({
    id,
    price,
    available: true,
    title: "Default Title",
    url: `/products/${id}`,
    product: { title: `Tea ${id}`, has_only_default_variant: true },
    ...more,
  });
  const product = (other: object = {}) => ({
    metafields: {
      $app: {
        bundles: {
          value: {
            v: 1,
            o: [
              {
                ...OFFER,
                c: [
                  { v: "11", q: 1 },
                  { v: "22", q: 2 },
                ],
              },
            ],
          },
        },
        bundle_variants: { value: [variantOf(11, 1050), variantOf(22, 333, other)] },
      },
    },
  });

  const withPlans = (holder: { metafields: object }, countsPlans: boolean) => {
    const { $app } = holder.metafields as { $app?: { bundles: { value: object } } };
    if ($app && countsPlans) Object.assign($app.bundles.value, { s: 1 });
    return holder;
  };

  /** The products of the variants 11 and 33 hold offers. */
  const productOf = (variantId: number, other: object = {}) => {
    if (variantId === 22) return { metafields: {} };
    const held = product(other);
    if (variantId === 11) return held;
    const [offer] = held.metafields.$app.bundles.value.o;
    const third = { ...offer!, id: "0b5b0b9e-0000-4000-8000-000000000000" };
    third.c = third.c.map(({ v, q }) => ({ v: v === "11" ? "33" : v, q }));
    held.metafields.$app.bundles.value.o = [third];
    held.metafields.$app.bundle_variants.value.push(variantOf(33, 700));
    return held;
  };

  interface CartLine {
    variant_id: number;
    quantity: number;
    saved?: number;
    other?: object;
    /** Price of a unit under a selling plan, by which the line is bought. */
    planPrice?: number;
  }

  /** @param countsPlans whether the shop lets lines with a selling plan be part of a bundle */
  async function drawCart(items: CartLine[], countsPlans = false) {
    const extension = new ThemeExtension(FOLDER, { currency: "EUR" });
    const [block] = await extension.renderBlocks("cart", "section", {
      request: { design_mode: false },
      routes: { cart_add_url: "/cart/add", cart_update_url: "/cart/update" },
      cart: {
        item_count: items.length,
        attributes: {},
        items: items.map(({ variant_id, quantity, saved, other, planPrice }) => ({
          variant_id,
          quantity,
          product: withPlans(productOf(variant_id, other), countsPlans),
          ...(planPrice !== undefined && {
            original_price: planPrice,
            variant: variantOf(variant_id, variant_id === 11 ? 1050 : 333),
            selling_plan_allocation: { price: planPrice },
          }),
          line_level_discount_allocations:
            saved === undefined
              ? []
              : [{ amount: saved, discount_application: { title: `Set-Angebot: ${OFFER.t}` } }],
        })),
      },
    });
    const [scripted] = block!.html.split("<noscript>");
    const fields = [...scripted!.matchAll(/name="items\[(\d+)\]\[(id|quantity)\]" value="(\d+)"/g)];
    return { html: block!.html, fields: fields.map(([, at, name, value]) => `${at} ${name} ${value}`) };
  }

  it("completes a subscribed product where subscriptions count, at the price of its plan", async () => {
    const subscribed = { variant_id: 11, quantity: 1, planPrice: 950 };
    expect((await drawCart([subscribed])).fields).toEqual([]);
    const { html, fields } = await drawCart([subscribed], true);
    expect(fields).toEqual(["0 id 22", "0 quantity 2"]);
    // 15 % of 9.50 + 2 × 3.33.
    expect(html).toContain('data-discount="242"');
  });

  it("offers no more of what a plan made cheaper, because all units of it would count at that price", async () => {
    const cart = [
      { variant_id: 11, quantity: 1 },
      { variant_id: 22, quantity: 1, planPrice: 300 },
    ];
    expect((await drawCart(cart, true)).fields).toEqual([]);
  });

  it("offers nothing when what is missing is sold out or comes by the box, or a line has its discount already", async () => {
    expect((await drawCart([{ variant_id: 11, quantity: 1, other: { available: false } }])).fields).toEqual(
      [],
    );
    const boxed = { quantity_rule: { min: 6, increment: 6 } };
    expect((await drawCart([{ variant_id: 11, quantity: 1, other: boxed }])).fields).toEqual([]);
    expect((await drawCart([{ variant_id: 11, quantity: 1, saved: 100 }])).fields).toEqual([]);
    expect((await drawCart([{ variant_id: 22, quantity: 2 }])).fields).toEqual([]);
  });

  it("adds just the units that the bundle lacks and says what they save", async () => {
    const cart = [
      { variant_id: 11, quantity: 1 },
      { variant_id: 22, quantity: 1 },
    ];
    const { html, fields } = await drawCart(cart);
    expect(fields).toEqual(["0 id 22", "0 quantity 1"]);
    expect(html).toContain('data-discount="257"');
  });

  it("names no two offers alike, however many lines hold some", async () => {
    const { html } = await drawCart([
      { variant_id: 11, quantity: 1 },
      { variant_id: 33, quantity: 1 },
    ]);
    const ids = [...html.matchAll(/ id="(bundlesmith-title-[^"]+)"/g)].map(([, id]) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
  });

  it("draws one offer for a product on two lines", async () => {
    const { html } = await drawCart([
      { variant_id: 11, quantity: 1 },
      { variant_id: 11, quantity: 1 },
    ]);
    expect(html.match(/class="bundlesmith__offer"/g)).toHaveLength(1);
  });

  it("sums up what the cart's bundles save, as Shopify applied it", async () => {
    const { html } = await drawCart([
      { variant_id: 11, quantity: 1, saved: 157 },
      { variant_id: 22, quantity: 2, saved: 100 },
    ]);
    expect(html).toContain('data-bundlesmith-saved="257"');
    expect(html).not.toContain('class="bundlesmith__offer"');
  });
});
