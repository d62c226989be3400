import { describe, expect, it } from "vitest";
import { LOCALES } from "#app/locales/locales.ts";
import { openWords } from "#app/locales/words.server.ts";
import { SEASONAL_NAMES } from "#app/domain/trends/methods/demand-candidates.ts";
import { nameDemandMethod } from "#app/pages/runs/name-demand-method.server.ts";

const INCUMBENT = `mean of ${SEASONAL_NAMES.join(" + ")}`;

describe("the name of a method of forecasting", () => {
  it("stays as it is stored where no reader's word is known", () => {
    expect(nameDemandMethod("an older method", openWords("de"))).toBe("an older method");
  });

  it.each([
    ["smoothing", "Glättung"],
    ["smoothing × season, last price", "Glättung × Saison, mit den Preisen der letzten Woche"],
    [INCUMBENT, "Mittel: Glättung × Saison + Marktanteil × Saison"],
    [
      `mean of linear map + ${INCUMBENT} + smoothing`,
      "Mittel: Lineare Abbildung + Beide saisonalen Verfahren + Glättung",
    ],
    [`mean of ${INCUMBENT} + linear map`, "Mittel: Beide saisonalen Verfahren + Lineare Abbildung"],
    [
      "mean of linear map + mean of smoothing × season, usual price + market share × season, usual price",
      "Mittel: Lineare Abbildung + Beide saisonalen Verfahren, mit den üblichen Preisen",
    ],
  ])("of %j is German to a German", (stored, shown) => {
    expect(nameDemandMethod(stored, openWords("de"))).toBe(shown);
  });

  it.each(LOCALES.filter((locale) => locale !== "en"))("has no English left in %s", (locale) => {
    const shown = nameDemandMethod(
      `mean of linear map + ${INCUMBENT} + seasonal naive, 52 weeks`,
      openWords(locale),
    );
    expect(shown).not.toMatch(/mean of|linear map|smoothing|naive/);
  });
});
