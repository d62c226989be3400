import { describe, expect, it } from "vitest";
import { StreamPlaces } from "#app/web/streams.server.ts";

describe("places for open streams", () => {
  it("are refused to a shop that has its own, and not to another", () => {
    const places = new StreamPlaces(10);
    const leave = places.take("a");
    expect(places.take("a")).toBeNull();
    expect(places.take("b")).not.toBeNull();
    leave!();
    expect(places.take("a")).not.toBeNull();
  });

  it("are refused to everybody once the process has no more", () => {
    const places = new StreamPlaces(2);
    for (const shop of ["a", "b"]) expect(places.take(shop)).not.toBeNull();
    expect(places.take("c")).toBeNull();
  });

  it("are given back once, however often they are left", () => {
    const places = new StreamPlaces(2);
    const leave = places.take("a")!;
    leave();
    expect(places.take("a")).not.toBeNull();
    leave();
    expect(places.take("a")).toBeNull();
  });
});
