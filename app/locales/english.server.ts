import evidence from "#app/locales/en/evidence.json" with { type: "json" };
import messages from "#app/locales/en/messages.json" with { type: "json" };
import { createShopFormat } from "./shop-format.server.ts";
import { translateIn, type Texts } from "./translate.ts";
import type { Writing } from "./write-message.server.ts";

/**
 * Writes the engine's messages in English, for programs that run without Vite, which bundles the texts of the pages.
 */
export function openEnglishWriting(currency: string): Writing {
  const texts: Readonly<Record<string, Texts>> = { evidence, messages };
  const translator = {
    locale: "en",
    textsOf: (namespace: string) => texts[namespace],
    load: () => Promise.resolve(),
  } as const;
  const words = { locale: "en", t: translateIn(translator, "messages") } as const;
  return { words, format: createShopFormat({ currency, timeZone: "UTC" }, words.locale) };
}
