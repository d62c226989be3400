import { describe, expect, it } from "vitest";
import { estimateUplift, type Uplift } from "#app/domain/evaluate/proof/uplift.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import { openWords } from "#app/locales/words.server.ts";
import { writeAnswer } from "#app/pages/write-results.server.ts";

const writer = {
  format: createShopFormat({ currency: "GBP", timeZone: "UTC" }, "en"),
  words: openWords("en"),
};
const nothing = estimateUplift({ days: [] });
const counted: Uplift = { ...nothing, visitors: { treated: 9_000, holdout: 1_000 } };
const known: Uplift = {
  ...counted,
  isEnough: true,
  perVisitorMinor: { value: 10, low: 4, high: 16 },
  visitorsMissing: 0,
};
const write = (uplift: Uplift) =>
  writeAnswer(uplift, { period: { day: 45, countedDays: 45 }, holdoutRatio: 0.1 }, writer);

describe("writeAnswer", () => {
  it("says that no comparison can be trusted while visitors of one group are missing", () => {
    const broken = { ...known, isDrawBroken: true, sampleRatioPValue: 0.001 };
    expect(write(broken)).toEqual({
      kind: "broken",
      text: "Too many visitors of one group are missing, so no comparison can be trusted.",
      more: [],
    });
  });

  it("gives the reason when it cannot estimate a time", () => {
    expect(write(nothing)).toEqual({ kind: "open", text: "The comparison has no visitors yet.", more: [] });
    const unheld = { ...nothing, visitors: { treated: 100, holdout: 0 } };
    expect(write(unheld).text).toContain("nobody to compare with");
  });

  it("otherwise says how long it takes and how to shorten it", () => {
    const { kind, text, more } = write({ ...counted, visitorsMissing: 10_000 });
    expect([kind, text]).toEqual(["open", "Not known yet: about 45 more days at this pace."]);
    expect(more).toEqual([
      "If 30% of the visitors see no offers, it takes about 20 days.",
      expect.stringContaining("Offers in more places"),
    ]);
  });

  it("says that a comparison is too short when its days are not enough", () => {
    expect(write({ ...counted, visitorsMissing: 30_000 })).toEqual({
      kind: "open",
      text: "Not known yet: at this pace, the 90 days of a comparison are probably not enough.",
      more: [expect.stringContaining("Offers in more places")],
    });
  });

  it("gives a monthly amount with its range once it is known, and its certainty separately", () => {
    const { kind, text, more, howSure } = write({ ...known, toComeRatio: 0.2 });
    expect([kind, text]).toEqual(["known", "Worth about £600 of revenue a month, between £240 and £960."]);
    expect(more[0]).toBe("The offers bring in more than no offers.");
    expect(more).toEqual([more[0], expect.stringContaining("20%")]);
    expect(howSure).toContain("out of a hundred");
    const loss = write({ ...known, perVisitorMinor: { value: -10, low: -16, high: -4 } });
    expect(loss.text).toBe("Worth about -£600 of revenue a month, between -£960 and -£240.");
    expect(loss.more[0]).toContain("withdraw them");
  });
});
