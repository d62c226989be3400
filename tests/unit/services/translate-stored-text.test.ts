import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { explainFewShoppers, explainShare } from "#app/domain/propose/explain-no-bundle.ts";
import { explainRefusal, explainUserError } from "#app/domain/publish/explain-user-error.ts";
import { describeDrift, DRIFT_KINDS } from "#app/domain/publish/find-drift.ts";
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
    expect(translate("The moon is full.")).toBe("The moon is full.");
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
    expect(messages.length).toBeGreaterThan(7);
    expect(messages.filter((message) => translate(message) === message)).toEqual([]);
  });

  it("is known for every reason that ends a run", () => {
    const source = readSources("app/services/{*-run,run-step}.server.ts");
    const reasons = [
      ...source.matchAll(/new AppError\("\w+", "([^"]+)"/g),
      ...source.matchAll(/(?:const message =|\?) "([A-Z][^"]+ [^"]+)"/g),
    ].map(([, reason]) => reason!);
    expect(reasons.length).toBeGreaterThan(3);
    expect(reasons.filter((reason) => translate(reason) === reason)).toEqual([]);
  });

  it.each([...[1, 7].map((witnesses) => explainFewShoppers(40, witnesses)), explainShare(40, 0.03)])(
    "is known for: %s",
    (text) => {
      expect(translate(text)).toMatch(/^40 Bestellungen/);
    },
  );

  it.each(DRIFT_KINDS.flatMap((kind) => [1, 2_000].map((count) => describeDrift(kind, count))))(
    "is known for what others changed: %s",
    (text) => {
      expect(translate(text)).not.toBe(text);
    },
  );

  it("is known for everything that Shopify refuses", () => {
    const whole = (kind: "throttled" | "unreachable", status?: number) =>
      explainRefusal({ kind, status, message: "HTTP", userErrors: [] });
    const source = readFileSync("app/domain/publish/explain-user-error.ts", "utf8");
    const codes = [...source.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, code]) => code!);
    expect(codes.length).toBeGreaterThan(8);
    const told = [
      ...codes.map((code) => explainUserError({ code, message: "" })),
      ...["owner not found", "The moon is full."].map((message) => explainUserError({ code: null, message })),
      ...[401, 402, 403, 423, 500].map((status) => whole("unreachable", status)),
      whole("throttled"),
    ];
    expect(told.filter((text) => translate(text) === text)).toEqual([]);
  });

  it("keeps thousands and tenths of what later orders did not bear out", () => {
    const verdict = (held: string) =>
      `Did not hold up: 12 of 3,456 later orders held ${held}, 20.5 would by chance, which may be 0.4 to 0.9 times as often.`;

    expect(translate(verdict("both"))).toContain("12 von 3.456 späteren Bestellungen enthielten beide");
    expect(translate(verdict("all 3"))).toContain("enthielten alle 3, durch Zufall wären es 20,5");
  });

  it("is known for a log of orders too large to choose from", () => {
    const reason =
      "needs at least 7 more orders with 2 to 100 products: 1 of 42 have them; 40 hold more and are taken for stock-keeping";
    expect(translate(reason)).toBe(
      "es fehlen mindestens 7 Bestellungen mit 2 bis 100 Produkten: 1 von 42 haben sie; " +
        "40 enthalten mehr und gelten als Lagerhaltung",
    );
  });

  it("is known for every reason of the autopilot", () => {
    const source = readFileSync("app/domain/evaluate/plan-steering.ts", "utf8").replaceAll(/`\s*\+\s*`/g, "");
    const reasons = [
      ...source.matchAll(/reason(?: =|:)\s+(?:step\.standing === "winner"\s+\? )?(?:"([^"]+)"|`([^`]+)`)/g),
      ...source.matchAll(/"\s+: `([^`]+)`/g),
    ].map(([, plain, template]) =>
      (plain ?? template!).replaceAll(/\$\{percent\([^}]+\}/g, "10 %").replaceAll(/\$\{[^}]+\}/g, "7"),
    );
    expect(reasons).toHaveLength(11);
    expect(reasons.filter((reason) => translate(reason) === reason)).toEqual([]);
  });

  it("is of a whole bundle's part before it is of a product by that name", () => {
    expect(translate("a component is out of stock")).toBe("ein Bestandteil ist ausverkauft");
  });

  it("is one that the app writes: no translation has outlived its sentence", () => {
    const source = readSources("app/{services,data,domain,learning}/**/*.ts")
      .replaceAll(/`\s*\+\s*`/g, "")
      .replaceAll("${AGAIN}", "It is tried again by itself.");
    const english = JSON.parse(readFileSync("app/locales/en/stored.json", "utf8")) as Record<string, string>;
    const outlived = Object.values(english).filter((template) => {
      const parts = template.split(
        /\ball \{\{\w+\}\}|\{\{\w+\}\}|\b(?:1 )?more orders?\b|\b1 product\b|\b(?:1 )?better offers?\b|\bproducts: |\borders: |\bboth\b|(?<=by chance)(?=[;,])|\bproducts(?= had)| or of one range/,
      );
      return !parts.every((part) => source.includes(part.trim()));
    });
    expect(outlived).toEqual([]);
  });
});
