import type { Translate } from "./translate.ts";

/** One text of several sentences, with or without their last period, as the language joins them; skips missing ones. */
export function joinSentences(sentences: readonly (string | null | undefined)[], t: Translate): string {
  const given = sentences.filter((one) => one);
  return given.reduce<string>(
    (text, next) => (text ? t("common:sentences", { text: text.replace(/[.。]$/, ""), next }) : next!),
    "",
  );
}
