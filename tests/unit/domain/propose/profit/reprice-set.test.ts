import { describe, expect, it } from "vitest";
import { effectOf, meanAttachRatio, type BundleEconomics } from "#app/domain/propose/profit/offer-value.ts";
import { MEAN_KIND, NOTICED_WHERE_MEASURED } from "#app/domain/propose/profit/shopper-kinds.ts";
import { repriceSet } from "#app/domain/propose/profit/reprice-set.ts";

const exactly = (value: number) => ({ value, low: value, high: value });

describe("repriceSet", () => {
  const components = [
    { priceMinor: 1_200, marginMinor: 700, missing: exactly(400), response: exactly(2.5) },
    { priceMinor: 800, marginMinor: 500, missing: exactly(900), response: exactly(2.5) },
  ];
  const economics = { components, ordersAnyway: exactly(20), relation: 0.6, basis: "published" as const };
  const at = (ratio: number) => effectOf(economics, ratio);
  const proposed = {
    expected: at(0.1),
    savingMinor: 200,
    components,
    elasticity: 2.5,
    attachRatio: 0,
    noticedRatio: MEAN_KIND.noticedRatio,
  };

  it("equals the proposal's own profit at its own saving", () => {
    expect(repriceSet(proposed, 200).value).toBeCloseTo(proposed.expected.extraMarginMinor.value, 6);
    expect(repriceSet(proposed, 200).low).toBeCloseTo(proposed.expected.extraMarginMinor.low, 6);
  });

  it.each([0, 0.05, 0.08, 0.15, 0.2])("equals the estimate of a run at %d of the price", (ratio) => {
    expect(repriceSet(proposed, 2_000 * ratio).value).toBeCloseTo(at(ratio).extraMarginMinor.value, 6);
  });

  it.each([0, 0.05, 0.15, 0.2])(
    "is close to the estimate of a run at %d of the price with a measured response",
    (ratio) => {
      const response = { value: 1.2, low: 0.7, high: 1.7 };
      const measured: BundleEconomics = {
        ...economics,
        components: components.map((component) => ({ ...component, response })),
        basis: "measured",
      };
      const set = {
        ...proposed,
        expected: effectOf(measured, 0.1),
        elasticity: response.value,
        attachRatio: meanAttachRatio(measured),
        noticedRatio: NOTICED_WHERE_MEASURED,
      };
      const marginAt = (saved: number) => effectOf(measured, saved).extraMarginMinor.value;
      const error = repriceSet(set, 2_000 * ratio).value - marginAt(ratio);
      expect(Math.abs(error)).toBeLessThan(0.01 * marginAt(0));
    },
  );
});
