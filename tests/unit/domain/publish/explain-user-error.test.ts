import { describe, expect, it } from "vitest";
import { explainRefusal, explainUserError } from "#app/domain/publish/publish-messages.ts";
import { describeDrift, DRIFT_KINDS, findMetafieldDrift } from "#app/domain/publish/diff-metafields.ts";
import { inEnglish } from "#tests/factories/write-english.ts";

describe("explaining a refusal of Shopify", () => {
  it.each([
    ["MAX_APP_DISCOUNTS", "A shop can have at most 25 active automatic app discounts.", "All 25 places"],
    ["TAKEN", "Title must be unique for automatic discount.", "Rename or end the discount"],
    ["INVALID", "Owner does not exist.", "first product no longer exists"],
    ["INVALID", "Function x not found. Ensure that it is released.", "not released yet"],
    ["INVALID_VALUE", "Value references non-existent resource gid://x.", "no longer exists in the shop"],
    ["INVALID_TYPE", "Type must be consistent.", "Custom data"],
    ["APP_NOT_AUTHORIZED", "Access to this namespace is not allowed.", "lacks a permission"],
    ["INTERNAL_ERROR", "Something went wrong.", "error of its own"],
  ])("explains %s (%s) as “…%s…”", (code, message, stated) => {
    expect(inEnglish(explainUserError({ code, message }))).toContain(stated);
  });

  it("keeps Shopify's own sentence for an unknown code", () => {
    expect(inEnglish(explainUserError({ code: "NEW_CODE", message: "The moon is full." }))).toBe(
      "Shopify refused it: The moon is full.",
    );
  });

  it.each([
    [{ kind: "throttled" as const }, "busy with other work"],
    [{ kind: "unreachable" as const }, "did not respond"],
    [{ kind: "unreachable" as const, status: 401 }, "did not accept the app's key"],
    [{ kind: "refused" as const, status: 402 }, "frozen this shop"],
    [{ kind: "refused" as const, status: 423 }, "locked this shop"],
  ])("explains %j as a whole and says what happens next", (refusal, stated) => {
    const messages = explainRefusal({ message: "HTTP", userErrors: [], ...refusal });
    expect(messages.map(inEnglish).join(" ")).toContain(stated);
  });

  it("says the same sentence once for several fields", () => {
    const userErrors = [1, 2, 3].map(() => ({ code: "INVALID_VALUE", message: "x" }));

    expect(explainRefusal({ kind: "refused", message: "", userErrors }).map(inEnglish)).toEqual([
      "One of its products no longer exists in the shop",
    ]);
  });
});

describe("metafield drift", () => {
  const noted = (compareDigest: string | null) => [{ ownerGid: "p", key: "bundles", compareDigest }];
  const held = (compareDigest: string) => [{ ownerGid: "p", key: "bundles", value: "{}", compareDigest }];

  it("is a changed or missing metafield on a product that was read", () => {
    expect(findMetafieldDrift(noted("a"), held("b"), new Set(["p"]))).toEqual(["offer_changed"]);
    expect(findMetafieldDrift(noted("a"), [], new Set(["p"]))).toEqual(["offer_missing"]);
  });

  it("is no metafield that was never written, is unchanged or was not read", () => {
    expect(findMetafieldDrift(noted(null), held("b"), new Set(["p"]))).toEqual([]);
    expect(findMetafieldDrift(noted("a"), held("a"), new Set(["p"]))).toEqual([]);
    expect(findMetafieldDrift(noted("a"), [], new Set())).toEqual([]);
  });

  it.each(DRIFT_KINDS)("of kind %s has a sentence without a full stop", (kind) => {
    expect(inEnglish(describeDrift(kind, 2))).toMatch(/^[A-Z].+[^.]$/);
  });
});
