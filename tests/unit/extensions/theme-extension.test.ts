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
async function decideArm(storefront: object | null, kept: string | null, isEditor = false) {
  const extension = new ThemeExtension(FOLDER, { currency: "EUR" });
  const [embed] = await extension.renderBlocks("index", "body", {
    app: { metafields: { bundlesmith: { storefront: storefront && { value: storefront } } } },
    request: { design_mode: isEditor },
    routes: { cart_add_url: "/fr/cart/add", cart_update_url: "/fr/cart/update" },
    cart: { item_count: 0, attributes: {} },
  });
  const script = /<script>([\s\S]*?)<\/script>/.exec(embed!.html)![1]!;
  const storage = new Map(kept === null ? [] : [["bundlesmith-visitor", kept]]);
  const attributes = new Map<string, string>();
  const window: { bundlesmith?: { visitor: string; arm: string; add: string; update: string } } = {};
  runInNewContext(script, {
    window,
    crypto,
    localStorage: {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => storage.set(key, value),
    },
    document: {
      documentElement: { setAttribute: (key: string, value: string) => attributes.set(key, value) },
    },
  });
  return {
    ...window.bundlesmith!,
    stored: storage.get("bundlesmith-visitor"),
    shown: attributes.get("data-bundlesmith"),
  };
}

describe("the arm that a page decides", () => {
  it("is the treated one where the app published no settings", async () => {
    expect(await decideArm(null, VISITOR)).toMatchObject({ arm: "t", shown: "t", visitor: VISITOR });
  });

  it("is the one that the app computes for the same visitor", async () => {
    const salt = "a salt of the shop";
    const place = hashText(`${salt}:${VISITOR}`) % 1000;
    for (const holdoutPermille of [0, place, place + 1, 500]) {
      const { arm } = await decideArm({ v: 1, salt, holdoutPermille }, VISITOR);
      expect(arm).toBe(armOf(VISITOR, { salt, holdoutPermille }) === "holdout" ? "h" : "t");
    }
    expect((await decideArm({ v: 1, salt, holdoutPermille: place }, VISITOR)).arm).toBe("t");
    expect((await decideArm({ v: 1, salt, holdoutPermille: place + 1 }, VISITOR)).arm).toBe("h");
  });

  it("keeps a new visitor's pseudonym, and replaces one that is none", async () => {
    for (const kept of [null, "tampered"]) {
      const { visitor, stored } = await decideArm({ v: 1, salt: "12345678", holdoutPermille: 100 }, kept);
      expect(visitor).toMatch(/^[0-9a-f]{32}$/);
      expect(stored).toBe(visitor);
    }
  });

  it("is never the holdout in the theme editor", async () => {
    expect((await decideArm({ v: 1, salt: "12345678", holdoutPermille: 500 }, VISITOR, true)).arm).toBe("t");
  });

  it("goes with the addresses of the shopper's language", async () => {
    expect(await decideArm(null, VISITOR)).toMatchObject({
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
