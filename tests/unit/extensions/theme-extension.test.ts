import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildExtensions, compileEmbedStyle } from "#extensions/build.ts";
import { checkTheme } from "#extensions/check-theme.ts";

const FOLDER = join(import.meta.dirname, "../../../extensions/bundle-offer");
describe("the theme extension", () => {
  it("passes Shopify's linter, and the linter finds a broken block", async () => {
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

  it("stays within its budget: script 8,000 bytes, style 9,000, pixel 6,000", async () => {
    const { "bundle-pixel": pixel } = await buildExtensions(["bundle-pixel"]);
    expect(statSync(join(FOLDER, "assets/bundle-offer.js")).size).toBeLessThanOrEqual(8_000);
    expect(statSync(join(FOLDER, "assets/bundle-offer.css")).size).toBeLessThanOrEqual(9_000);
    expect(statSync(pixel!).size).toBeLessThanOrEqual(6_000);
  });

  it("inlines the current style file, as `npm run build:extensions` compiles it", async () => {
    const snippet = readFileSync(join(FOLDER, "snippets/bundlesmith-style.liquid"), "utf8");
    expect(snippet).toBe(Buffer.from(await compileEmbedStyle(FOLDER)).toString());
  });

  it("keeps block names within Shopify's limit of 25 characters", () => {
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
        : [`${prefix} ${[...String(value).matchAll(/\{\{ \w+ \}\}/g)].sort().join()}`];
    const read = (name: string): unknown => JSON.parse(readFileSync(join(FOLDER, "locales", name), "utf8"));
    const expected = keysOf(read(`en.default.${ending}`)).sort();
    const names = readdirSync(join(FOLDER, "locales")).filter(
      (name) => name.split(".").slice(1).join(".") === ending,
    );
    expect(names.length).toBeGreaterThanOrEqual(2);
    for (const name of names) expect(keysOf(read(name)).sort()).toEqual(expected);
  });
});
