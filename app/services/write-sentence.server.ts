import type { Words } from "#app/locales/words.server.ts";
import type { ShopFormat } from "./shop-format.server.ts";

/** A sentence of the engine: in English, and as a code with the values that stand in it. */
interface EngineSentence {
  readonly text: string;
  readonly code?: string | undefined;
  readonly values?: Readonly<Record<string, string | number>> | undefined;
}

/**
 * A sentence of the engine in the reader's language. How a value is written follows from its name, as everywhere in
 * this code: `priceMinor` is money, `shareRatio` a percentage, `liftTimes` a factor, anything else a plain number.
 *
 * @returns the English text where the engine gave no code (rows of an older version), or one that has no text here
 */
export function writeSentence(
  { text, code, values = {} }: EngineSentence,
  { format, words }: { format: ShopFormat; words: Words },
): string {
  const key = `evidence:${code}`;
  if (!code || !words.t(key, { defaultValue: "" })) return text;
  return String(words.t(key, writeValues(values, { format, words })));
}

/** The same in a few words, for a list or beside its figure; whole where there are none. */
export function writeBriefly(
  sentence: EngineSentence,
  writing: { format: ShopFormat; words: Words },
): string {
  const { code, values = {} } = sentence;
  const key = `evidence:brief.${code}`;
  if (!code || !writing.words.t(key, { defaultValue: "" })) return writeSentence(sentence, writing);
  return String(writing.words.t(key, writeValues(values, writing)));
}

/** The values of a sentence as its reader writes them. */
export function writeValues(
  values: Readonly<Record<string, string | number>>,
  writing: { format: ShopFormat; words: Words },
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, writeValue(name, value, writing)]),
  );
}

function writeValue(
  name: string,
  value: string | number,
  { format, words }: { format: ShopFormat; words: Words },
): string {
  if (typeof value === "string") return value;
  if (name.endsWith("Minor")) return format.money(Math.round(value));
  if (name.endsWith("Ratio")) return format.percent(value);
  if (name.endsWith("Times")) return value >= 99.5 ? format.number(value) : format.score(value, 1);
  if (name.endsWith("About")) return value >= 9.95 ? format.number(value) : format.score(value, 1);
  if (name.endsWith("Weekday")) return writeWeekday(value, words.locale);
  return format.number(value);
}

/** 0 is Monday. 1 January 2024 was one. */
function writeWeekday(day: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" }).format(
    Date.UTC(2024, 0, 1 + day),
  );
}
