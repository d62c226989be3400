import { readFileSync } from "node:fs";
import fc from "fast-check";
import { z } from "zod";
import { describe, expect, it } from "vitest";
import { FILE_MESSAGES, HISTORY_MESSAGES, ROW_MESSAGES } from "#app/domain/collect/collect-messages.ts";
import { STEERING_MESSAGES } from "#app/domain/evaluate/autopilot/steering-messages.ts";
import { UPLIFT_MESSAGES } from "#app/domain/evaluate/proof/uplift-messages.ts";
import {
  DRIFT_MESSAGES,
  HELD_MESSAGES,
  PROBLEM_MESSAGES,
  UNSEEN_MESSAGES,
} from "#app/domain/publish/publish-messages.ts";
import { RUN_MESSAGES, RUN_PROBLEM_MESSAGES } from "#app/domain/run-status.ts";
import { messageSchema, TEXT, type Message, type MessageTable } from "#app/domain/message.ts";
import {
  EVIDENCE_MESSAGES,
  REFUSAL_MESSAGES,
  type EvidenceMessage,
} from "#app/domain/propose/proposal/propose-messages.ts";
import {
  DECISION_MESSAGES,
  UNSALEABLE_MESSAGES,
  VERDICT_MESSAGES,
} from "#app/domain/validate/validate-messages.ts";
import { LOCALES } from "#app/locales/translate.ts";
import { openWords } from "#app/locales/words.server.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import {
  writeBriefly,
  writeEvidence,
  writeMessage,
  writeStored,
  type Writing,
} from "#app/locales/write-message.server.ts";

/** All messages of the engine, by the namespace of their sentences. */
const TABLES: readonly (readonly [namespace: string, table: MessageTable])[] = [
  ["evidence", EVIDENCE_MESSAGES],
  [
    "messages",
    {
      ...TEXT,
      ...HISTORY_MESSAGES,
      ...ROW_MESSAGES,
      ...FILE_MESSAGES,
      ...RUN_MESSAGES,
      ...RUN_PROBLEM_MESSAGES,
      ...REFUSAL_MESSAGES,
      ...VERDICT_MESSAGES,
      ...UNSALEABLE_MESSAGES,
      ...DECISION_MESSAGES,
      ...HELD_MESSAGES,
      ...PROBLEM_MESSAGES,
      ...DRIFT_MESSAGES,
      ...UNSEEN_MESSAGES,
      ...STEERING_MESSAGES,
      ...UPLIFT_MESSAGES,
    },
  ],
];
const ALL = TABLES.flatMap(([namespace, table]) =>
  Object.entries(table).map(([code, schemas]) => ({ namespace, code, schemas })),
);

const openWriting = (locale: (typeof LOCALES)[number]): Writing => ({
  words: openWords(locale),
  format: createShopFormat({ currency: "EUR", timeZone: "UTC" }, locale),
});

function write({ namespace, ...message }: Message & { namespace: string }, writing: Writing): string {
  return namespace === "evidence"
    ? writeEvidence(message as EvidenceMessage, writing)
    : writeMessage(message, writing);
}

/** Titles with characters that a template, a page or a terminal could interpret. */
const titles = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          "1984",
          "1,234",
          "0.5",
          "{{title}}",
          "{{product}}",
          "{{- to}}",
          "{{from, number}}",
          "$t(common:save)",
        ],
        ...[
          "$&",
          "$1",
          "$$",
          "<b>&amp;</b>",
          '"',
          "'",
          "\\",
          "%",
          "\n",
          "\t",
          "\u202Eשלום",
          "مرحبا",
          "🧸",
          "👩‍👩‍👧",
        ],
        ...["{", "}}", "__proto__", "|", "count_one"],
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((parts) => parts.join("")),
);

describe("title in a message", () => {
  const carriers = ALL.flatMap((message) =>
    Object.entries(message.schemas)
      .filter(([, schema]) => schema instanceof z.ZodString)
      .map(([name]) => ({ ...message, name })),
  );

  it("appears verbatim in every language, whatever it and the other values contain", () => {
    fc.assert(
      fc.property(titles, titles, fc.nat(2_000_000), (title, beside, number) => {
        for (const locale of LOCALES) {
          const writing = openWriting(locale);
          for (const { namespace, code, schemas, name } of carriers) {
            const values = Object.fromEntries(
              Object.entries(schemas).map(([other, schema]) => [
                other,
                other === name ? title : schema instanceof z.ZodString ? beside : number,
              ]),
            );
            expect(write({ namespace, code, values }, writing)).toContain(title);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe.each(LOCALES)("messages in %s", (locale) => {
  const texts = new Map<string, string>(
    TABLES.flatMap(([namespace]) =>
      Object.entries(
        JSON.parse(readFileSync(`app/locales/${locale}/${namespace}.json`, "utf8")) as Record<string, string>,
      ).map(([key, text]) => [`${namespace}:${key}`, text] as const),
    ),
  );
  const formsOf = (namespace: string, code: string, isCounted: boolean) =>
    isCounted
      ? new Intl.PluralRules(locale)
          .resolvedOptions()
          .pluralCategories.map((category) => `${namespace}:${code}_${category}`)
      : [`${namespace}:${code}`];

  it("have a sentence with exactly the declared values for every code", () => {
    const wrong = ALL.flatMap(({ namespace, code, schemas }) =>
      formsOf(namespace, code, "count" in schemas)
        .map((key) => ({
          key,
          places: [...new Set((texts.get(key) ?? "no sentence {{?}}").match(/\{\{[\w?]+\}\}/g))].sort(),
          declared: Object.keys(schemas)
            .map((name) => `{{${name}}}`)
            .sort(),
        }))
        .filter(({ places, declared }) => String(places) !== String(declared)),
    );
    expect(wrong).toEqual([]);
  });

  it("have no sentence without a code", () => {
    const known = new Set(
      ALL.flatMap(({ namespace, code, schemas }) => formsOf(namespace, code, "count" in schemas)),
    );
    const unknown = [...texts.keys()].filter((key) => !known.has(key.replace(":brief.", ":")));
    expect(unknown).toEqual([]);
  });

  it("leave no placeholder unfilled", () => {
    const writing = openWriting(locale);
    for (const { namespace, code, schemas } of ALL)
      for (const number of [0, 1, 2, 5, 1_000_000]) {
        const values = Object.fromEntries(
          Object.entries(schemas).map(([name, schema]) => [
            name,
            schema instanceof z.ZodString ? "Razor" : name.endsWith("Weekday") ? number % 7 : number,
          ]),
        );
        const message = { namespace, code, values };
        expect(write(message, writing)).not.toMatch(/\{\{|\}\}/);
        if (namespace === "evidence")
          expect(writeBriefly(message as unknown as EvidenceMessage, writing)).not.toMatch(/\{\{|\}\}/);
      }
  });
});

describe("stored message", () => {
  const schema = messageSchema({ ...TEXT, ...REFUSAL_MESSAGES });
  const writing = openWriting("de");

  it.each([[null], [undefined], ["plain text"], [7], [{}]])("is null without a message: %j", (stored) => {
    expect(writeStored(schema, stored, writing)).toBeNull();
  });

  it("of a newer app version is shown as its code", () => {
    expect(writeStored(schema, { code: "refused.unheardOf", values: {} }, writing)).toBe("refused.unheardOf");
  });

  it("of an older version keeps its sentence", () => {
    const stored = { code: "text", values: { text: "1984 is {{out}} of $t(stock)" } };
    expect(writeStored(schema, stored, writing)).toBe("1984 is {{out}} of $t(stock)");
  });

  it("has money, percentages and factors in the format of the language", () => {
    const values = {
      standIn: "Becher",
      sharedRatio: 0.5,
      priceMinor: 123_450,
      insteadOfMinor: 99,
    };
    const text = writeEvidence({ code: "standIn", values }, writing);
    expect(text.replaceAll(/\s/g, " ")).toContain(
      "50 % der Wörter im Namen sind gleich, und es kostet 1.234,50 € statt 0,99 €",
    );
    expect(writeEvidence({ code: "outOfStock", values: { missing: "1984" } }, writing)).toMatch(/^1984 /);
  });

  it("handles shoppers who respond more than assumed", () => {
    const range = { lowMinor: 0, highMinor: 1_000, days: 28 };
    const values = { awarenessRatio: 0.07, noticedRatio: 1.32, responseRatio: 0.03, ...range };
    for (const code of ["caution", "cautionAssumed"] as const)
      expect(writeEvidence({ code, values }, openWriting("en"))).toContain("with 132% of that strength");
  });

  it("uses the plural form of its count", () => {
    const thin = (count: number) =>
      writeMessage({ code: "refused.thin", values: { count, together: 1_234, asked: 8 } }, writing);
    expect(thin(1)).toBe("1 Bestellung mit beiden fehlt: 1.234 gab es, 8 sind verlangt");
    expect(thin(3)).toMatch(/^3 Bestellungen mit beiden fehlen/);
  });
});
