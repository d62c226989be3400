import { describe, expect, it } from "vitest";
import { LOCALES } from "#app/locales/translate.ts";
import { openWords } from "#app/locales/words.server.ts";
import { SEASONAL_NAMES } from "#app/domain/trends/methods/demand-candidates.ts";
import { nameDemandMethod } from "#app/pages/runs/read-runs.server.ts";

const INCUMBENT = `mean of ${SEASONAL_NAMES.join(" + ")}`;

describe("nameDemandMethod", () => {
  it("keeps an unknown method as stored", () => {
    expect(nameDemandMethod("an older method", openWords("de"))).toBe("an older method");
  });

  it.each([
    ["smoothing", "Glättung"],
    ["smoothing × season, usual price", "Glättung × Saison, mit den üblichen Preisen"],
    [INCUMBENT, "Mittel: Glättung × Saison + Marktanteil × Saison"],
  ])("names %j in German", (stored, shown) => {
    expect(nameDemandMethod(stored, openWords("de"))).toBe(shown);
  });

  it.each(LOCALES.filter((locale) => locale !== "en"))("leaves no English words in %s", (locale) => {
    const shown = nameDemandMethod(`mean of linear map + ${INCUMBENT}`, openWords(locale));
    expect(shown).not.toMatch(/mean of|linear map|smoothing/);
  });
});
