import { describe, expect, it } from "vitest";
import {
  BundleChanges,
  ReturnedTerms,
  checkBundleEdit,
  type EditedBundle,
} from "#app/domain/validate/check-bundle-edit.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";

const NOW = new Date("2026-11-24T12:00:00Z");
const settings = ShopSettings.parse({});
const bundle: EditedBundle = {
  discountRatio: 0.1,
  startsAt: null,
  endsAt: null,
  setsEnd: true,
  steps: [{ afterMinor: 4_500, costMinor: 2_500 }],
};

describe("ReturnedTerms", () => {
  it("accepts full price, which a merchant cannot enter as a discount", () => {
    expect(BundleChanges.safeParse({ discountRatio: 0 }).success).toBe(false);
    expect(ReturnedTerms.safeParse({ discountRatio: 0 }).success).toBe(true);
    expect(ReturnedTerms.safeParse({ discountRatio: -0.1 }).success).toBe(false);
  });
});

describe("BundleChanges", () => {
  it.each([
    [{ discountRatio: 0 }],
    [{ discountRatio: 0.955 }],
    [{ discountRatio: 0.12345 }],
    [{ title: "   " }],
    [{ quantities: [1, 0] }],
    [{ quantities: [1, 1.5] }],
    [{ startsAt: "never" }],
    [{ status: "published" }],
  ])("refuses %j", (changes) => {
    expect(BundleChanges.safeParse(changes).success).toBe(false);
  });

  it("allows removing the dates", () => {
    expect(BundleChanges.parse({ startsAt: null, endsAt: null })).toEqual({ startsAt: null, endsAt: null });
  });
});

describe("checkBundleEdit", () => {
  it.each([
    ["ends before it starts", { startsAt: new Date("2026-12-02"), endsAt: new Date("2026-12-01") }],
    ["has ended already", { endsAt: new Date("2026-11-01") }],
  ])("refuses one that %s", (_, dates) => {
    expect(checkBundleEdit({ ...bundle, ...dates }, settings, NOW).problems).toEqual([
      { field: "endsAt", code: expect.stringMatching(/^ends/) },
    ]);
  });

  it("allows other changes to a bundle that has ended", () => {
    const ended = { ...bundle, endsAt: new Date("2026-11-01"), setsEnd: false };
    expect(checkBundleEdit(ended, settings, NOW).problems).toEqual([]);
  });

  it("only warns of a discount above the shop's limit", () => {
    const { problems, warnings } = checkBundleEdit({ ...bundle, discountRatio: 0.3 }, settings, NOW);

    expect(problems).toEqual([]);
    expect(warnings).toEqual([{ field: "discountRatio", code: "overLimit", values: { limitRatio: 0.2 } }]);
  });

  it("warns if the worst tier is below the margin floor", () => {
    // 250 / 2750 = 9 %.
    const steps = [...bundle.steps, { afterMinor: 2_750, costMinor: 2_500 }];
    const { warnings } = checkBundleEdit({ ...bundle, steps }, settings, NOW);

    expect(warnings).toContainEqual({
      field: "discountRatio",
      code: "belowFloor",
      values: { marginRatio: expect.closeTo(250 / 2_750, 9), floorRatio: 0.15 },
    });
  });

  it("does not warn of a margin that only rounding brings below the floor", () => {
    // 20 % off 19.95 leaves 15.96, and of a cost of 9.975 exactly 37.5 %.
    const steps = [{ afterMinor: 1_596, costMinor: 998 }];
    const { warnings } = checkBundleEdit({ ...bundle, steps }, { ...settings, marginFloorRatio: 0.375 }, NOW);

    expect(warnings).toEqual([]);
  });

  it("accepts a bundle within the limits", () => {
    expect(checkBundleEdit(bundle, settings, NOW)).toEqual({ problems: [], warnings: [] });
  });
});
