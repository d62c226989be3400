import { beforeEach, describe, expect, it } from "vitest";
import { readStoredDraft, storeDraft } from "#app/ui/hooks/use-draft.ts";

const KEY = "draft:a.myshopify.com:bundle:1";
const saved = { title: "Tea and cup", discount: "10", components: [{ gid: "v1", quantity: "1" }] };

let kept: Map<string, string>;
const store = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, text: string) => void kept.set(key, text),
  removeItem: (key: string) => void kept.delete(key),
};
beforeEach(() => {
  kept = new Map();
});

describe("stored draft", () => {
  it.each(["", "no JSON", "null", "[]", '"text"', "{}"])("is empty when the storage holds %j", (text) => {
    kept.set(KEY, text);
    expect(readStoredDraft(store, KEY, saved)).toEqual({});
  });

  it("drops fields that the form no longer has or that have another shape", () => {
    kept.set(
      KEY,
      '{"title":"Mine","discount":12,"gone":"x","components":[{"gid":"v2"}],"__proto__":{"a":1}}',
    );
    expect(readStoredDraft(store, KEY, saved)).toEqual({ title: "Mine" });
  });

  it("is restored as typed", () => {
    const typed = { discount: "", components: [{ gid: "v2", quantity: "x" }] };
    storeDraft(store, KEY, typed);
    expect(readStoredDraft(store, KEY, saved)).toEqual(typed);
  });

  it("restores a chosen or cleared reference, but no other null field", () => {
    const collection = "gid://shopify/Collection/7";
    storeDraft(store, KEY, { collectionGid: collection });
    expect(readStoredDraft(store, KEY, { collectionGid: null })).toEqual({ collectionGid: collection });
    storeDraft(store, KEY, { collectionGid: null, title: null, components: null });
    expect(readStoredDraft(store, KEY, { ...saved, collectionGid: collection })).toEqual({
      collectionGid: null,
    });
  });

  it("is separate for each shop and form", () => {
    storeDraft(store, KEY, { title: "Mine" });
    expect(readStoredDraft(store, "draft:b.myshopify.com:bundle:1", saved)).toEqual({});
  });

  it("is removed when there is nothing to keep", () => {
    storeDraft(store, KEY, { title: "Mine" });
    storeDraft(store, KEY, null);
    expect(kept.size).toBe(0);
  });
});
