import { describe, expect, it } from "vitest";
import { orderForDecision, type WaitingOffer } from "#app/domain/propose/choice/order-for-decision.ts";

const now = new Date("2026-11-20T12:00:00Z");
const offer = (id: string, worth: number, fields: Partial<WaitingOffer> = {}): WaitingOffer => ({
  id,
  worth,
  anchor: id,
  startsAt: null,
  isInStock: true,
  ...fields,
});
const order = (...offers: readonly WaitingOffer[]) => orderForDecision(offers, now).map(({ id }) => id);

describe("orderForDecision", () => {
  it("puts sold-out offers last and later ones before them, whatever they earn", () => {
    const january = new Date("2027-01-05T00:00:00Z");
    expect(
      order(
        offer("sold out", 900, { isInStock: false }),
        offer("january", 800, { startsAt: january }),
        offer("january, sold out by now", 850, { startsAt: january, isInStock: false }),
        offer("now", 1),
      ),
    ).toEqual(["now", "january, sold out by now", "january", "sold out"]);
  });

  it("treats an offer whose first day has passed as one for now", () => {
    const began = offer("began", 5, { startsAt: new Date("2026-11-01T00:00:00Z") });
    expect(order(offer("now", 1), began)).toEqual(["began", "now"]);
  });

  it("puts the earliest day first", () => {
    const days = [5, 1, 3].map((day) =>
      offer(`december ${day}`, day, { startsAt: new Date(Date.UTC(2026, 11, day)) }),
    );
    expect(order(...days)).toEqual(["december 1", "december 3", "december 5"]);
  });

  it("keeps the offers of one product together, at the place of the best one", () => {
    const mug = { anchor: "mug" };
    expect(
      order(offer("mug, small", 1, mug), offer("teapot", 5), offer("mug, large", 9, mug), offer("jug", 3)),
    ).toEqual(["mug, large", "mug, small", "teapot", "jug"]);
  });

  it("does not depend on the input order", () => {
    const offers = ["a", "b", "c"].map((id) => offer(id, 1, { anchor: "one" }));
    expect(order(...offers.toReversed())).toEqual(order(...offers));
  });
});
