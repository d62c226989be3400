import { z } from "zod";
import type { Message } from "#app/domain/message.ts";
import type { EvidenceMessage } from "#app/domain/propose/proposal/propose-messages.ts";
import type { Words } from "./words.server.ts";
import type { ShopFormat } from "./shop-format.server.ts";

/** What it takes to write for one reader. */
export interface Writing {
  readonly format: ShopFormat;
  readonly words: Words;
}

/** A message in the reader's language. */
export function writeMessage({ code, values }: Message, writing: Writing): string {
  return fill(`messages:${code}`, values, writing);
}

/** A value with the range that it lies in. */
export function writeEstimate(
  { value, low, high }: { readonly value: number; readonly low: number; readonly high: number },
  write: (value: number) => string,
  { t }: Words,
): string {
  return t("server:estimate", { value: write(value), low: write(low), high: write(high) });
}

/**
 * A message as a row keeps it, in the reader's language.
 *
 * @returns null where the row keeps none; the code itself where a newer version of the app wrote it
 */
export function writeStored<M extends Message>(
  schema: z.ZodType<M>,
  stored: unknown,
  writing: Writing,
): string | null {
  if (stored === null || stored === undefined) return null;
  const known = schema.safeParse(stored);
  if (known.success) return writeMessage(known.data, writing);
  return z.object({ code: z.string() }).safeParse(stored).data?.code ?? null;
}

/** What speaks for a bundle or warns of it, in the reader's language. */
export function writeEvidence({ code, values }: EvidenceMessage, writing: Writing): string {
  return fill(`evidence:${code}`, values, writing);
}

/** The same in a few words, for a list or beside its figure; whole where there are none. */
export function writeBriefly(message: EvidenceMessage, writing: Writing): string {
  const key = `evidence:brief.${message.code}`;
  if (!writing.words.t(key, { defaultValue: "" })) return writeEvidence(message, writing);
  return fill(key, message.values, writing);
}

/**
 * Puts the values into a sentence in one pass, so that whatever a title holds stands as it is. A place without a value
 * stays.
 */
function fill(key: string, values: Message["values"], writing: Writing): string {
  const { count } = values;
  const sentence = writing.words.t(key, {
    skipInterpolation: true,
    ...(typeof count === "number" ? { count } : {}),
  });
  const written = new Map(Object.entries(writeValues(values, writing)));
  return sentence.replaceAll(/\{\{(\w+)\}\}/g, (place, name: string) => written.get(name) ?? place);
}

/** The values of a sentence as its reader writes them; `MessageTable` says how their names tell that. */
export function writeValues(values: Message["values"], writing: Writing): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, writeValue(name, value, writing)]),
  );
}

function writeValue(name: string, value: string | number, { format, words }: Writing): string {
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
