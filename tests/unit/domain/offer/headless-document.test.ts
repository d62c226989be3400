import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "graphql";
import React from "react";
import { renderToStaticMarkup } from "react-dom/server";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { writeRules, type OfferRule } from "#app/domain/offer/offer-rule.ts";
import { parseRules } from "#tests/factories/parse-rules.ts";
import { OFFER_ANCHORS_KEY, OFFER_VARIANTS_KEY, OFFERS_KEY } from "#app/domain/publish/storefront-offer.ts";

const document = readFileSync("app/docs/headless.md", "utf8");
const blocks = (language: string) =>
  [...document.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\n\`\`\``, "gs"))].map(([, text]) => text!);
const examples = blocks("offer-rules");

function read(text: string): readonly OfferRule[] {
  const rules = parseRules(text);
  if (!rules.ok) throw new Error(`${rules.reason}: ${text}`);
  // Writing the rules back checks the schema that publishing uses.
  expect(writeRules(rules.value)).toBe(text);
  return rules.value.offers;
}

describe("document for headless shops", () => {
  it.each(examples)("shows rules that the schema can read: %s", (example) => {
    expect(read(example).length).toBeGreaterThan(0);
  });

  it("has an example of every kind, reward and limit", () => {
    const offers = examples.flatMap(read);
    expect(new Set(offers.map(({ kind }) => kind))).toEqual(new Set(["set", "range", "breaks", "gift"]));
    expect(offers.some(({ lastDay, countries }) => lastDay !== null && countries.length > 1)).toBe(true);
    expect(offers.some(({ titles }) => titles["de"] !== undefined)).toBe(true);
    expect(offers.some(({ title }) => title.includes("%"))).toBe(true);
  });

  it("queries the metafields under the keys that publishing writes", () => {
    const [query] = blocks("graphql");
    expect(() => parse(query!)).not.toThrow();
    const keys = [...query!.matchAll(/key: "(\w+)"/g)].map(([, key]) => key);
    expect(new Set(keys)).toEqual(new Set([OFFERS_KEY, OFFER_VARIANTS_KEY, OFFER_ANCHORS_KEY]));
  });
});

interface Example {
  readSets(
    rules: string | null,
    today: number,
    country: string,
  ): {
    id: string;
    title: string;
    basisPoints: number | null;
    parts: { variant: string; quantity: number }[];
  }[];
  Offers(props: { rules: string | null; onAdd: () => void }): React.ReactNode;
}

describe("React example", () => {
  const folder = mkdtempSync(join(tmpdir(), "headless-"));
  let example: Example;
  beforeAll(async () => {
    const compilerOptions = {
      jsx: ts.JsxEmit.React,
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
    };
    const { outputText } = ts.transpileModule(blocks("tsx")[0]!, { compilerOptions });
    const path = join(folder, "example.mjs");
    writeFileSync(path, outputText);
    Object.assign(globalThis, { React });
    example = (await import(pathToFileURL(path).href)) as Example;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("reads no rules of another version, past offers or offers for other countries", () => {
    const rules = examples[0]!;
    expect(example.readSets(rules.replace("2~", "3~"), 20261124, "DE")).toEqual([]);
    expect(example.readSets(null, 20261124, "DE")).toEqual([]);
    const limited = rules.replace("|||||", "||20261224|DEAT||");
    expect(example.readSets(limited, 20261225, "DE")).toEqual([]);
    expect(example.readSets(limited, 20261224, "FR")).toEqual([]);
    expect(example.readSets(limited, 20261224, "AT")).toHaveLength(1);
  });

  it("reads a set as the schema does, and renders it", () => {
    const [rule] = read(examples[0]!);
    const [set] = example.readSets(examples[0]!, 20261124, "DE");
    expect(set).toEqual({
      id: rule!.id,
      title: rule!.title,
      basisPoints: 1_250,
      parts: [
        { variant: "gid://shopify/ProductVariant/41", quantity: 1 },
        { variant: "gid://shopify/ProductVariant/42", quantity: 2 },
      ],
    });
    const html = renderToStaticMarkup(
      React.createElement(example.Offers, { rules: examples[0]!, onAdd: () => {} }),
    );
    expect(html).toContain("<h2>Tea for two</h2><p>12.5 % off together</p><button>Add 3 to cart</button>");
  });

  it("renders an offer until the end of its day in the shop's time zone", () => {
    const rules = examples[0]!.replace("|||||", "||20261224|||");
    const draw = (now: string) => {
      vi.useFakeTimers({ now: new Date(now) });
      return renderToStaticMarkup(React.createElement(example.Offers, { rules, onAdd: () => {} }));
    };
    expect(draw("2026-12-24T22:59:00Z")).not.toBe("");
    expect(draw("2026-12-24T23:01:00Z")).toBe("");
    vi.useRealTimers();
  });
});
