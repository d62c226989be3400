import { describe, expect, it } from "vitest";
import { joinSentences } from "#app/locales/join-sentences.ts";
import { translateIn, type Texts, type Locale } from "#app/locales/translate.ts";

const TEXTS: Readonly<Record<string, Texts>> = {
  page: { title: "Own", hello: "{{who}} and {{count}}", more_one: "one", more_other: "{{count}} more" },
  common: { save: "Save", sentences: "{{text}}. {{next}}" },
};
const translate = (locale: Locale) =>
  translateIn({ locale, textsOf: (namespace) => TEXTS[namespace], load: () => Promise.resolve() }, "page");

it("sentences are joined with one period, whether they have their own or not", () => {
  const t = translate("en");
  expect(joinSentences(["Saved", null, "Over the limit.", "", "More."], t)).toBe(
    "Saved. Over the limit. More.",
  );
  expect(joinSentences(["Saved"], t)).toBe("Saved");
  expect(joinSentences([null, undefined], t)).toBe("");
});

describe("translate", () => {
  const t = translate("en");

  it.each([
    ["is its key if there is none", t("nothing"), "nothing"],
    ["is its key if its namespace is missing", t("other:title"), "other:title"],
    ["is the default if there is none", t("nothing", { defaultValue: "" }), ""],
    ["is the first existing one of several keys", t(["nothing", "title"]), "Own"],
    ["is found by its key", t("title"), "Own"],
    ["is found in another namespace by its prefix", t("common:save"), "Save"],
    ["leaves the placeholder of a missing value empty", t("hello", { who: "Ann" }), "Ann and "],
    [
      "keeps a value that looks like a placeholder",
      t("hello", { who: "{{count}}", count: 2 }),
      "{{count}} and 2",
    ],
    ["keeps its placeholders on request", t("hello", { skipInterpolation: true }), "{{who}} and {{count}}"],
    ["has a form for one", t("more", { count: 1 }), "one"],
    ["has a form for several", t("more", { count: 0 }), "0 more"],
    [
      "groups the digits of a count as its language does",
      translate("de")("more", { count: 4900 }),
      "4.900 more",
    ],
    ["counts as its language does", translate("fr")("more", { count: 0 }), "one"],
  ])("%s", (_, text, expected) => expect(text).toBe(expected));
});
