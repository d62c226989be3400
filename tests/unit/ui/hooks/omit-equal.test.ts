import { describe, expect, it } from "vitest";
import { omitEqual } from "#app/ui/hooks/use-draft.ts";

const loaded = { title: "Tea and cup", discount: "10", components: [{ gid: "v1", quantity: "1" }] };

describe("omitEqual", () => {
  it("returns nothing when nothing changed or all was changed back", () => {
    expect(omitEqual(structuredClone(loaded), loaded)).toEqual({});
  });

  it("returns changed fields whole, empty ones too, and no unchanged field", () => {
    const components = [{ gid: "v1", quantity: "2" }];
    expect(omitEqual({ ...loaded, title: "", components }, loaded)).toEqual({ title: "", components });
  });
});
