import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSecretBox } from "#app/process/secret-box.server.ts";

const keyOf = (id: string, byte: number) => `${id}:${Buffer.alloc(32, byte).toString("base64")}`;
const PLACE = "Session.accessToken offline_a.myshopify.com";

describe("openSecretBox", () => {
  it.each([
    ["nothing", "", "entry 1 must be ID:KEY"],
    ["a key without an id", Buffer.alloc(32).toString("base64"), "entry 1"],
    ["a short second key", `${keyOf("new", 1)},old:c2hvcnQ=`, "entry 2"],
    ["one id for two keys", `${keyOf("a", 1)},${keyOf("a", 2)}`, '"a" is there twice'],
  ])("refuses %s and quotes no key", (_, keys, stated) => {
    const open = () => openSecretBox(keys);
    expect(open).toThrow(stated);
    expect(open).not.toThrow("c2hvcnQ");
  });
});

describe("sealed text", () => {
  const box = openSecretBox(keyOf("a", 1));

  it("can be opened in its place, for any text, and does not reveal it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (text, place) => {
        const sealed = box.seal(text, place);
        expect(box.open(sealed, place)).toBe(text);
        if (text.length > 8) expect(sealed).not.toContain(text);
        expect(box.seal(text, place)).not.toBe(sealed);
      }),
    );
  });

  it.each([
    ["at another place", (sealed: string) => sealed, "Session.accessToken offline_b.myshopify.com"],
    [
      "with one bit changed",
      (sealed: string) => sealed.slice(0, -2) + (sealed.at(-2) === "A" ? "B" : "A") + sealed.at(-1),
      PLACE,
    ],
    ["cut short", (sealed: string) => sealed.slice(0, 20), PLACE],
  ])("cannot be opened %s, with a one-line error that names the place", (_, change, place) => {
    const sealed = change(box.seal("shpat_1234567890", PLACE));
    expect(() => box.open(sealed, place)).toThrow(
      `${place} does not open with the key "a" of ENCRYPTION_KEYS`,
    );
  });

  it("names the missing key", () => {
    const other = openSecretBox(keyOf("b", 2));
    expect(() => other.open(box.seal("token", PLACE), PLACE)).toThrow('the key "a", which ENCRYPTION_KEYS');
  });

  it("can be opened with an old key, and shows that it needs a new seal", () => {
    const rotated = openSecretBox(`${keyOf("b", 2)},${keyOf("a", 1)}`);
    const sealed = box.seal("token", PLACE);
    expect(rotated.open(sealed, PLACE)).toBe("token");
    expect(rotated.isCurrent(sealed)).toBe(false);
    expect(rotated.isCurrent(rotated.seal("token", PLACE))).toBe(true);
  });

  it("is distinguished from text that was never sealed", () => {
    expect(box.open("shpat_1234567890", PLACE)).toBe("shpat_1234567890");
    expect(box.isCurrent("shpat_1234567890")).toBe(false);
  });
});
