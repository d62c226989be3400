import { readdirSync, readFileSync, statSync } from "node:fs";
import { parse } from "smol-toml";
import { beforeEach, describe, expect, it } from "vitest";
import { buildExtensions } from "#extensions/build.ts";
import { draw } from "#extensions/next-offer/src/index.ts";
import { writeRules, type OfferRule } from "#app/domain/offer/offer-rule.ts";

/*
 * A fake of the pages after the checkout, written from the types of @shopify/ui-extensions 2026.7, because Shopify's
 * pages cannot run here. The tests check Shopify's elements by name, not their look.
 */

type PageApi = Parameters<typeof draw>[0];

class FakeElement {
  readonly children: FakeElement[] = [];
  readonly attributes: Record<string, string> = {};
  textContent = "";
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  setAttribute(name: string, value: string) {
    this.attributes[name] = value;
  }
  append(...children: FakeElement[]) {
    this.children.push(...children);
  }
}

const RULE: OfferRule = {
  id: "7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e11",
  kind: "set",
  title: "Tea & 100 % cup",
  titles: { de: "Tee-Set" },
  place: null,
  lastDay: null,
  countries: [],
  times: null,
  reward: { type: "percent", basisPoints: 1_000 },
  parts: [
    { variant: "11", quantity: 1, product: null },
    { variant: "22", quantity: 1, product: "2" },
  ],
};
const URL_OF_TEA = "https://shop.example/products/tea";

interface Order {
  readonly rules?: Partial<OfferRule>;
  readonly text?: string;
  readonly variants?: readonly (readonly [variant: number, product: number])[];
  readonly arm?: string;
  readonly product?: object;
  readonly language?: string;
}

let asked: object[];
beforeEach(() => {
  asked = [];
});

async function drawFor({
  rules = {},
  text,
  variants = [[11, 1]],
  arm,
  product = {},
  language = "en",
}: Order) {
  const offers = [{ ...RULE, ...rules } as OfferRule];
  const value = text ?? writeRules({ countsSubscriptions: false, rejectsCodes: false, offers });
  const api = {
    lines: {
      value: variants.map(([variant, ofProduct]) => ({
        merchandise: {
          id: `gid://shopify/ProductVariant/${variant}`,
          product: { id: `gid://shopify/Product/${ofProduct}` },
        },
      })),
    },
    attributes: { value: arm === undefined ? undefined : [{ key: "_bundlesmith", value: arm }] },
    localization: {
      country: { value: { isoCode: "DE" } },
      language: { value: { isoCode: language } },
      timezone: { value: "Europe/Berlin" },
    },
    i18n: { translate: (key: string) => `<${key}>` },
    query: async (_: string, options: object) => {
      asked.push(options);
      const tea = { id: "gid://shopify/Product/1", onlineStoreUrl: URL_OF_TEA, availableForSale: true };
      return { data: { nodes: [null, { ...tea, ...product, rules: { value } }] } };
    },
  } as unknown as PageApi;
  const body = new FakeElement("body");
  const page = { createElement: (name: string) => new FakeElement(name), body } as unknown as Document;
  await draw(api, page);
  return body.children;
}

describe("the block on the thank-you and order-status pages", () => {
  it.each<[string, Order]>([
    ["a holdout visitor, who gets no discount at the checkout", { arm: "h:0123" }],
    ["an expired offer", { rules: { lastDay: 2020_01_01 } }],
    ["an offer for another country", { rules: { countries: ["FR"] } }],
    ["an offer shown only in the cart", { rules: { place: "c" } }],
    [
      "a range shown only on its first product's page, which this product may not be",
      { rules: { kind: "range", units: 3, allowsRepeats: true, place: "f" } },
    ],
    [
      "a gift for a minimum spend, shown only on its first product's page",
      {
        rules: {
          kind: "gift",
          basisPoints: 10_000,
          place: "f",
          buy: { spendHundredths: 5_000 },
          gift: { variant: "22", quantity: 1, product: null },
        } as Partial<OfferRule>,
      },
    ],
    ["a product that cannot be bought", { product: { availableForSale: false } }],
    ["a product that is not in the online store", { product: { onlineStoreUrl: null } }],
    ["rules of another version", { text: "3~whatever" }],
    [
      "an order that holds the whole set, with another variant",
      {
        variants: [
          [11, 1],
          [29, 2],
        ],
      },
    ],
    ["an order without lines", { variants: [] }],
  ])("draws nothing for %s", async (_, order) => {
    expect(await drawFor(order)).toEqual([]);
  });

  it("shows the next order's offer with a link to its product page, without a price", async () => {
    const [section] = await drawFor({ arm: "t:0123" });
    expect(section).toMatchObject({ name: "s-section", attributes: { heading: "<heading>" } });
    expect(section!.children).toMatchObject([
      { name: "s-paragraph", textContent: "Tea & 100 % cup" },
      { name: "s-link", textContent: "<link>", attributes: { href: URL_OF_TEA } },
    ]);
    expect(asked).toEqual([{ variables: { ids: ["gid://shopify/Product/1"] } }]);
  });

  it("shows a set limited to its first product's page, because only that product carries the rule", async () => {
    expect(await drawFor({ rules: { place: "f" } })).toHaveLength(1);
    expect(
      await drawFor({ rules: { kind: "range", units: 3, allowsRepeats: true, place: "p" } }),
    ).toHaveLength(1);
  });

  it.each([
    ["de", "Tee-Set"],
    ["de-AT", "Tee-Set"],
    ["fr", "Tea & 100 % cup"],
  ])("titles the offer for language %s", async (language, title) => {
    const [section] = await drawFor({ language });
    expect(section!.children[0]!.textContent).toBe(title);
  });
});

describe("the next-offer package", () => {
  it("stays under 3,000 bytes, targets both pages, and has every text in every language of the theme block", async () => {
    const { "next-offer": output } = await buildExtensions(["next-offer"]);
    expect(statSync(output!).size).toBeLessThan(3_000);
    const toml = parse(readFileSync("extensions/next-offer/shopify.extension.toml", "utf8"));
    expect(JSON.stringify(toml)).toMatch(/purchase\.thank-you\.block.*customer-account\.order-status\.block/);
    const languages = (folder: string) =>
      readdirSync(`extensions/${folder}/locales`).filter((name) => !name.includes("schema"));
    expect(languages("next-offer")).toEqual(languages("bundle-offer"));
    for (const name of languages("next-offer")) {
      const texts = JSON.parse(readFileSync(`extensions/next-offer/locales/${name}`, "utf8")) as object;
      expect(Object.keys(texts), name).toEqual(["heading", "link"]);
    }
  });
});
