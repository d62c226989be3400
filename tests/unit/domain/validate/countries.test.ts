import { expect, it } from "vitest";
import { COUNTRY_CODES } from "#app/domain/validate/countries.ts";
import { LOCALES } from "#app/locales/translate.ts";

it.each(LOCALES)("every country in the picker has a unique name in the language %s", (locale) => {
  const names = new Intl.DisplayNames([locale], { type: "region" });
  const called = COUNTRY_CODES.map((code) => names.of(code));
  expect(called.filter((name, place) => called.indexOf(name) !== place)).toEqual([]);
});
