import { openEnglish } from "#app/locales/english.server.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import type { Writing } from "#app/locales/write-message.server.ts";

/** What the commands write the engine's messages with. */
export function openEnglishWriting(currency: string): Writing {
  const words = openEnglish();
  return { words, format: createShopFormat({ currency, timeZone: "UTC" }, words.locale) };
}
