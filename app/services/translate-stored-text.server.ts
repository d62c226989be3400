import { findTranslator } from "#app/locales/translator.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { ShopFormat } from "./shop-format.server.ts";

/**
 * The sentences that workers write into rows before anybody reads them, as the namespace `stored` has them in English:
 * code, pattern, and the names of what stands in it.
 */
const PATTERNS = Object.entries(
  findTranslator("en").getResourceBundle("en", "stored") as Readonly<Record<string, string>>,
).map(([code, template]) => ({
  code,
  names: [...template.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name!),
  pattern: new RegExp(
    `^${template
      .split(/\{\{\w+\}\}/)
      .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
      .join("(.+)")}$`,
    "u",
  ),
}));

/**
 * A text that a worker stored in English, in the reader's language. Unlike evidence, a progress message is kept as one
 * text, so it is told by its English pattern; that also reads rows of before.
 *
 * @returns the text itself where no pattern fits: a newer sentence, or one that Shopify wrote
 */
export function translateStoredText(
  text: string,
  { format, words }: { format: ShopFormat; words: Words },
): string {
  for (const { code, pattern, names } of PATTERNS) {
    const match = pattern.exec(text);
    if (!match) continue;
    const values = names.map((name, index) => [name, writeCaptured(match[index + 1]!, format)] as const);
    return words.t(`stored:${code}`, Object.fromEntries(values));
  }
  return text;
}

function writeCaptured(text: string, format: ShopFormat): string {
  // As the sentences write them: "1,234" and "0.5".
  if (!/^(\d+|\d{1,3}(,\d{3})+)(\.\d)?$/.test(text)) return text;
  return format.number(Number(text.replaceAll(",", "")), 1);
}
