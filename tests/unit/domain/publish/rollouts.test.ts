import { describe, expect, it } from "vitest";
import {
  followRollouts,
  toLeftOutHours,
  type ServingRollout,
  type Stretch,
} from "#app/domain/publish/rollouts.ts";

const at = (iso: string) => new Date(`2026-12-01T${iso}:00Z`);
const NOW = at("12:00");
const rollout = (fields: Partial<ServingRollout> = {}): ServingRollout => ({
  rolloutGid: "gid://shopify/Rollout/1",
  name: "Autumn",
  startedAt: at("08:00"),
  withholdsDiscount: true,
  themeIds: [],
  ...fields,
});
const follow = (serving: ServingRollout[], open: Stretch[] = [], polledAt: Date | null = at("11:00")) =>
  followRollouts(serving, { open, polledAt, now: NOW });

describe("followRollouts", () => {
  it("starts a stretch at the last poll that did not see it at the earliest, and never in the future", () => {
    expect(follow([rollout()]).begun).toMatchObject([{ startedAt: at("11:00"), endedAt: null }]);
    expect(follow([rollout()], [], null).begun).toMatchObject([{ startedAt: at("08:00") }]);
    expect(follow([rollout({ startedAt: at("11:30") })]).begun).toMatchObject([{ startedAt: at("11:30") }]);
    expect(follow([rollout({ startedAt: at("13:00") })]).begun).toMatchObject([{ startedAt: NOW }]);
    // It serves, and Shopify does not say since when.
    expect(follow([rollout({ startedAt: null })]).begun).toMatchObject([{ startedAt: at("11:00") }]);
  });

  it("keeps an open stretch and ends one that no longer serves, each kind separately", () => {
    const { begun: open } = follow([rollout({ themeIds: [2] })]);
    expect(open.map(({ kind }) => kind)).toEqual(["discount_withheld", "theme_tried"]);
    expect(follow([rollout({ themeIds: [2] })], open)).toEqual({ begun: [], over: [] });
    expect(follow([rollout({ withholdsDiscount: false, themeIds: [2] })], open).over).toEqual([open[0]]);
    expect(follow([], open).over).toEqual(open);
  });
});

describe("toLeftOutHours", () => {
  it("rounds stretches out to whole hours, and to now while one is open", () => {
    const [over, open] = toLeftOutHours(
      [
        { startedAt: at("08:10"), endedAt: at("09:05") },
        { startedAt: at("10:00"), endedAt: null },
      ],
      at("11:20"),
    );
    expect(over).toEqual({ from: at("08:00"), to: at("10:00") });
    expect(open).toEqual({ from: at("10:00"), to: at("12:00") });
  });
});
