import { describe, expect, it } from "vitest";
import { toOfferInstants } from "#app/domain/propose/proposal/bundle-proposal.ts";

const days = { startsIn: 14, endsIn: 42 };

describe("toOfferInstants", () => {
  it("has no instants for an offer without days", () => {
    const from = { fromMs: Date.parse("2026-06-30T12:00:00Z"), timeZone: "UTC" };
    expect(toOfferInstants(undefined, from)).toEqual({ startsAt: null, endsAt: null });
  });

  it.each([
    ["2026-06-30T15:20:00Z", "UTC", "2026-07-14T00:00:00.000Z", "2026-08-10T23:59:59.999Z"],
    // In Tokyo it is already the first of July.
    ["2026-06-30T15:20:00Z", "Asia/Tokyo", "2026-07-14T15:00:00.000Z", "2026-08-11T14:59:59.999Z"],
    // The clock changes in between, but days stay days.
    ["2026-10-14T03:30:00Z", "America/New_York", "2026-10-27T04:00:00.000Z", "2026-11-24T04:59:59.999Z"],
    ["2026-02-21T04:30:00Z", "America/New_York", "2026-03-06T05:00:00.000Z", "2026-04-03T03:59:59.999Z"],
  ])("covers 28 whole days of the shop's calendar, from %s in %s", (from, timeZone, starts, ends) => {
    const { startsAt, endsAt } = toOfferInstants(days, { fromMs: Date.parse(from), timeZone });
    expect([startsAt!.toISOString(), endsAt!.toISOString()]).toEqual([starts, ends]);
  });
});
