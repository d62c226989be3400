import { describe, expect, it } from "vitest";
import { omitEqual } from "#app/ui/hooks/use-draft.ts";

const loaded = { title: "Tea and cup", discount: "10", components: [{ gid: "v1", quantity: "1" }] };

describe("what a page sends of a form", () => {
  it("is nothing where nothing was changed, or was changed back", () => {
    expect(omitEqual(structuredClone(loaded), loaded)).toEqual({});
  });

  it("is whole fields, empty ones too, and none that was left as it was loaded", () => {
    const components = [{ gid: "v1", quantity: "2" }];
    expect(omitEqual({ ...loaded, title: "", components }, loaded)).toEqual({ title: "", components });
  });
});
