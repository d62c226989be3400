import { openEnglish } from "#app/locales/english.server.ts";
import { createShopFormat } from "#app/services/shop-format.server.ts";
import type { Writing } from "#app/services/write-message.server.ts";

/** What the commands write the engine's messages with. */
export function openEnglishWriting(currency: string): Writing {
  const words = openEnglish();
  return { words, format: createShopFormat({ currency, timeZone: "UTC" }, words.locale) };
}
