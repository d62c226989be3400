import { describe, expect, it } from "vitest";
import { StreamPlaces } from "#app/web/streams.server.ts";

describe("StreamPlaces", () => {
  it("refuses a second place to the same shop, but not to another", () => {
    const places = new StreamPlaces(10);
    const leave = places.take("a");
    expect(places.take("a")).toBeNull();
    expect(places.take("b")).not.toBeNull();
    leave!();
    expect(places.take("a")).not.toBeNull();
  });

  it("refuses everybody when the process is full", () => {
    const places = new StreamPlaces(2);
    for (const shop of ["a", "b"]) expect(places.take(shop)).not.toBeNull();
    expect(places.take("c")).toBeNull();
  });

  it("frees a place only once, however often it is left", () => {
    const places = new StreamPlaces(2);
    const leave = places.take("a")!;
    leave();
    expect(places.take("a")).not.toBeNull();
    leave();
    expect(places.take("a")).toBeNull();
  });
});
