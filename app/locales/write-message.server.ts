import { z } from "zod";
import type { Message } from "#app/domain/message.ts";
import type { EvidenceMessage } from "#app/domain/propose/proposal/propose-messages.ts";
import type { Words } from "./words.server.ts";
import type { ShopFormat } from "./shop-format.server.ts";

/** The reader's texts and number format. */
export interface Writing {
  readonly format: ShopFormat;
  readonly words: Words;
}

/** A message in the reader's language. */
export function writeMessage({ code, values }: Message, writing: Writing): string {
  return fill(`messages:${code}`, values, writing);
}

/** A value with its interval. */
export function writeEstimate(
  { value, low, high }: { readonly value: number; readonly low: number; readonly high: number },
  write: (value: number) => string,
  { t }: Words,
): string {
  return t("server:estimate", { value: write(value), low: write(low), high: write(high) });
}

/**
 * A stored message, in the reader's language.
 *
 * @returns null if the row has none; the code itself if a newer version of the app wrote it
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

/** The evidence for a bundle, or a caution, in the reader's language. */
export function writeEvidence({ code, values }: EvidenceMessage, writing: Writing): string {
  return fill(`evidence:${code}`, values, writing);
}

/** The short form, for a list or next to a figure; the long form if there is none. */
export function writeBriefly(message: EvidenceMessage, writing: Writing): string {
  const key = `evidence:brief.${message.code}`;
  if (!writing.words.t(key, { defaultValue: "" })) return writeEvidence(message, writing);
  return fill(key, message.values, writing);
}

/**
 * Replaces the placeholders of a sentence in one pass, so that a title with a placeholder stays as it is. Keeps
 * placeholders without a value.
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

/** Formats the values for the reader; the names of the values determine how, see `MessageTable`. */
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

/** 0 is Monday; 1 January 2024 was a Monday. */
function writeWeekday(day: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" }).format(
    Date.UTC(2024, 0, 1 + day),
  );
}
