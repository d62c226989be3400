import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LOCALES, matchLocale, pickLocale } from "#app/locales/translate.ts";

/** "namespace:key" → text, of one language. */
function readTexts(locale: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const path of globSync(`app/locales/${locale}/*.json`)) {
    const namespace = path.split("/").at(-1)!.replace(".json", "");
    const file = JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
    for (const [key, text] of Object.entries(file)) texts.set(`${namespace}:${key}`, text);
  }
  return texts;
}

const PLURAL = /_(zero|one|two|few|many|other)$/;
const withoutPlural = (key: string) => key.replace(PLURAL, "");
const placeholdersOf = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].sort();
const english = readTexts("en");
const source = globSync("app/{routes,pages,ui,services,web,locales,domain/validate}/**/*.{ts,tsx}")
  .concat(globSync("app/domain/{offer,propose/evidence}/*.ts"))
  .map((path) => readFileSync(path, "utf8"))
  .join("\n");

it("the table of what earns has few words for each sentence about it", () => {
  const parts = [...english.keys()].filter((key) => key.startsWith("evidence:part"));
  expect(parts.filter((key) => !english.has(key.replace(":part", ":brief.part")))).toEqual([]);
  expect(parts.length).toBeGreaterThan(5);
});

describe.each(LOCALES)("the texts in %s", (locale) => {
  const texts = readTexts(locale);

  it("are there for every text that there is in English, and for no other", () => {
    const keys = (of: ReadonlyMap<string, string>) => [...new Set([...of.keys()].map(withoutPlural))].sort();
    expect(keys(texts)).toEqual(keys(english));
  });

  it("have the forms that the language counts with, and no other", () => {
    const categories = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
    const counted = [...texts.keys()].filter((key) => PLURAL.test(key));
    const expected = [...new Set(counted.map(withoutPlural))].flatMap((key) =>
      categories.map((category) => `${key}_${category}`),
    );
    expect(counted.sort()).toEqual(expected.sort());
  });

  it("hold the placeholders of the English ones", () => {
    const wrong = [...texts].filter(([key, text]) => {
      const original = english.get(key) ?? english.get(`${withoutPlural(key)}_other`)!;
      return String(placeholdersOf(text)) !== String(placeholdersOf(original));
    });
    expect(wrong).toEqual([]);
  });

  it("call a page the same where it is linked and where it stands", () => {
    const settings = { plan: "plan", privacy: "privacy", activity: "activity" };
    const links = { learning: { failed: "jobs", models: "models" }, settings };
    for (const [from, pages] of Object.entries(links))
      for (const [link, page] of Object.entries(pages))
        expect(texts.get(`${from}:more.${link}.label`)).toBe(texts.get(`${page}:title`));
  });

  it("are empty nowhere", () => {
    expect([...texts].filter(([, text]) => text.trim() === "")).toEqual([]);
  });
});

/**
 * Keys that code builds: `status.${status}` uses every key that begins so. One of which only the namespace is written
 * would use all of it, and tells nothing.
 */
const builtKeys = [...source.matchAll(/`((?:[\w.:-]|\$\{[^}`]*\})+)`/g)]
  .map(([, template]) => template!)
  .filter((template) => template.includes("${") && !/^(\w+:)?\$\{[^}]*\}$/.test(template))
  .map(
    (template) => new RegExp(`^${template.replaceAll(".", "\\.").replaceAll(/\$\{[^}]*\}/g, "[\\w.-]+")}$`),
  );

describe("the texts", () => {
  it("are all used", () => {
    // What the engine says is held to its codes by the test of `writeMessage`.
    const drawn = [...english.keys()].filter((key) => !/^(messages|evidence):/.test(key));
    const unused = drawn.filter((full) => {
      const key = withoutPlural(full);
      const bare = key.split(":")[1]!;
      return (
        !source.includes(`"${bare}"`) &&
        !source.includes(`"${key}"`) &&
        !builtKeys.some((built) => built.test(bare) || built.test(key))
      );
    });
    expect(unused).toEqual([]);
  });

  it("are there for every key that code names in full", () => {
    const known = new Set([...english.keys()].map(withoutPlural));
    const named = [...source.matchAll(/\bt\(\s*"((\w+):)?([\w.-]+)"/g)];
    expect(named.length).toBeGreaterThan(100);
    const missing = named.filter(([, , namespace, key]) =>
      namespace ? !known.has(`${namespace}:${key}`) : ![...known].some((one) => one.endsWith(`:${key}`)),
    );
    expect(missing.map(([call]) => call)).toEqual([]);
  });
});

describe("the language of a reader", () => {
  it.each([
    ["de", "de"],
    ["fr-CA", "fr"],
    ["ZH-cn", "zh-CN"],
    ["zh", "zh-CN"],
    ["zh-Hans-SG", "zh-CN"],
    ["zh-TW", null],
    ["pt-BR", null],
    ["../../etc", null],
    ["", null],
  ])("asked for as %j is %j", (asked, expected) => {
    expect(matchLocale(asked)).toBe(expected);
  });

  it("is English when nothing that was asked for is there", () => {
    expect(pickLocale("pt-BR", null)).toBe("en");
  });
});
