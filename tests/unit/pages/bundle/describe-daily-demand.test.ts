import { describe, expect, it } from "vitest";
import { openWords } from "#app/locales/words.server.ts";
import { describeDailyDemand } from "#app/pages/bundle/describe-stock-cover.server.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";

const timeZone = "Europe/Berlin";
const words = openWords("en");

/** Labels of this many days; the first day has its middle at `firstNoon`. */
function labelsFrom(firstNoon: string, days: number): string[] {
  const each = Array.from({ length: days }, () => 1);
  const daily = { firstNoonMs: Date.parse(firstNoon), expected: each, low: each, high: each };
  return describeDailyDemand({
    components: [{ title: "Tea", forecasts: [{ daily }] }],
    timeZone,
    format: createShopFormat({ currency: "EUR", timeZone }, "en"),
    words,
  })!.days.map(({ label }) => label);
}

describe("forecast days", () => {
  it.each([
    [
      "forward",
      // Middle of a day that started at 11:30, when the run was made.
      "2027-03-26T23:30:00+01:00",
      ["Fri, Mar 26", "Sat, Mar 27", "Sun, Mar 28", "Mon, Mar 29"],
    ],
    ["back", "2026-10-24T00:15:00+02:00", ["Sat, Oct 24", "Sun, Oct 25", "Mon, Oct 26", "Tue, Oct 27"]],
  ])("have one date each when the clock goes %s", (_, firstNoon, dates) => {
    expect(labelsFrom(firstNoon, 4)).toEqual(dates);
  });

  it("start with the date in the shop's time zone, not in UTC", () => {
    expect(labelsFrom("2026-12-31T23:30:00Z", 2)).toEqual(["Fri, Jan 1", "Sat, Jan 2"]);
  });
});
