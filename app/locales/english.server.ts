import evidence from "#app/locales/en/evidence.json" with { type: "json" };
import messages from "#app/locales/en/messages.json" with { type: "json" };
import { translateIn, type Texts } from "./translate.ts";
import type { Words } from "./words.server.ts";

/** The English messages of the engine, for programs that run without Vite, which gathers the pages' texts. */
export function openEnglish(): Words {
  const texts: Readonly<Record<string, Texts>> = { evidence, messages };
  const translator = {
    locale: "en",
    textsOf: (namespace: string) => texts[namespace],
    load: () => Promise.resolve(),
  } as const;
  return { locale: "en", t: translateIn(translator, "messages") };
}
