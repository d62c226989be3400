import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openWords } from "#app/locales/words.server.ts";
import { createShopFormat } from "#app/services/shop-format.server.ts";
import { translateStoredText } from "#app/services/translate-stored-text.server.ts";

const words = openWords("de");
const format = createShopFormat({ currency: "EUR", timeZone: "UTC" }, "de");
const translate = (text: string) => translateStoredText(text, { format, words });
const readSources = (pattern: string) =>
  globSync(pattern)
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");

describe("a text that a worker stored", () => {
  it("stays as it is where nobody has a translation", () => {
    expect(translate("Shopify refused it: owner does not exist")).toBe(
      "Shopify refused it: owner does not exist",
    );
    expect(translate("")).toBe("");
  });

  it("is written in the reader's language with the numbers as that language writes them", () => {
    expect(translate("12345 orders with 678 products")).toBe("12.345 Bestellungen mit 678 Produkten");
    expect(translate("1 new suggestions, 2 waiting for a decision")).toBe(
      "1 neue Vorschläge, 2 warten auf eine Entscheidung",
    );
  });

  it("keeps names whole, whatever signs are in them", () => {
    expect(translate("Tee (grün) * {{x}} is out of stock")).toBe("Tee (grün) * {{x}} ist ausverkauft");
  });

  it("is known for every progress message of a run", () => {
    const source = readSources("app/services/*-run.server.ts");
    const messages = [...source.matchAll(/onProgress\([\d.]+, (?:"([^"]+)"|`([^`]+)`)\)/g)].map(
      ([, plain, template]) => plain ?? template!.replaceAll(/\$\{[^}]+\}/g, "7"),
    );
    expect(messages.length).toBeGreaterThan(8);
    expect(messages.filter((message) => translate(message) === message)).toEqual([]);
  });

  it("is one that the app writes: no translation has outlived its sentence", () => {
    const source = readSources("app/{services,data,domain}/**/*.ts").replaceAll(/`\s*\+\s*`/g, "");
    const english = JSON.parse(readFileSync("app/locales/en/stored.json", "utf8")) as Record<string, string>;
    const outlived = Object.values(english).filter((template) => {
      const parts = template.split(
        /\{\{\w+\}\}|\b(?:1 )?more orders?\b|\b1 better offer\b|\bproducts: |\borders: /,
      );
      return !parts.every((part) => source.includes(part.trim()));
    });
    expect(outlived).toEqual([]);
  });
});
