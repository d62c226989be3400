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

it("every part of the expected profit has a short label", () => {
  const parts = [...english.keys()].filter((key) => key.startsWith("evidence:part"));
  expect(parts.filter((key) => !english.has(key.replace(":part", ":brief.part")))).toEqual([]);
  expect(parts.length).toBeGreaterThan(5);
});

describe.each(LOCALES)("texts in %s", (locale) => {
  const texts = readTexts(locale);

  it("have the same keys as the English ones", () => {
    const keys = (of: ReadonlyMap<string, string>) => [...new Set([...of.keys()].map(withoutPlural))].sort();
    expect(keys(texts)).toEqual(keys(english));
  });

  it("have exactly the plural forms of the language", () => {
    const categories = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
    const counted = [...texts.keys()].filter((key) => PLURAL.test(key));
    const expected = [...new Set(counted.map(withoutPlural))].flatMap((key) =>
      categories.map((category) => `${key}_${category}`),
    );
    expect(counted.sort()).toEqual(expected.sort());
  });

  it("have the placeholders of the English ones", () => {
    const wrong = [...texts].filter(([key, text]) => {
      const original = english.get(key) ?? english.get(`${withoutPlural(key)}_other`)!;
      return String(placeholdersOf(text)) !== String(placeholdersOf(original));
    });
    expect(wrong).toEqual([]);
  });

  it("write a percentage as the language's numbers do", () => {
    const isSpaced = /\s%/.test(new Intl.NumberFormat(locale, { style: "percent" }).format(0.1));
    const other = isSpaced ? /[\d}]%/ : /[\d}]\s%/;
    expect([...texts].filter(([, text]) => other.test(text))).toEqual([]);
  });

  it("name a page the same in links and in its title", () => {
    const settings = { plan: "plan", privacy: "privacy", activity: "activity" };
    const links = { learning: { failed: "jobs", models: "models" }, settings };
    for (const [from, pages] of Object.entries(links))
      for (const [link, page] of Object.entries(pages))
        expect(texts.get(`${from}:more.${link}.label`)).toBe(texts.get(`${page}:title`));
  });

  it("are never empty", () => {
    expect([...texts].filter(([, text]) => text.trim() === "")).toEqual([]);
  });
});

/**
 * Keys that code builds: `status.${status}` uses every key with that prefix. A template with only a
 * namespace would match every key, so it does not count.
 */
const builtKeys = [...source.matchAll(/`((?:[\w.:-]|\$\{[^}`]*\})+)`/g)]
  .map(([, template]) => template!)
  .filter((template) => template.includes("${") && !/^(\w+:)?\$\{[^}]*\}$/.test(template))
  .map(
    (template) => new RegExp(`^${template.replaceAll(".", "\\.").replaceAll(/\$\{[^}]*\}/g, "[\\w.-]+")}$`),
  );

describe("locale texts", () => {
  it("are all used", () => {
    // The test of `writeMessage` covers the keys of messages and evidence.
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

  it("exist for every key that code names in full", () => {
    const known = new Set([...english.keys()].map(withoutPlural));
    const named = [...source.matchAll(/\bt\(\s*"((\w+):)?([\w.-]+)"/g)];
    expect(named.length).toBeGreaterThan(100);
    const missing = named.filter(([, , namespace, key]) =>
      namespace ? !known.has(`${namespace}:${key}`) : ![...known].some((one) => one.endsWith(`:${key}`)),
    );
    expect(missing.map(([call]) => call)).toEqual([]);
  });
});

describe("locale of a reader", () => {
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
  ])("for %j is %j", (asked, expected) => {
    expect(matchLocale(asked)).toBe(expected);
  });

  it("is English when no requested locale exists", () => {
    expect(pickLocale("pt-BR", null)).toBe("en");
  });
});
