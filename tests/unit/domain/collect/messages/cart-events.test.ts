import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toCartEvents, type CartSnapshot } from "#app/domain/collect/messages/cart-events.ts";
import { toCartState } from "#app/domain/collect/messages/cart-payload.ts";

const VISITOR = "0123456789abcdef0123456789abcdef";

function snapshot(second: number, variants: string, changes: Partial<CartSnapshot> = {}): CartSnapshot {
  const at = new Date(Date.UTC(2026, 10, 2, 9, 0, second)).toISOString();
  return {
    webhookId: `w${second}`,
    cartKey: "cart",
    stage: "cart",
    updatedAt: at,
    triggeredAt: at,
    visitorKey: null,
    arm: null,
    lines: [...variants].map((letter) => ({
      variantGid: `gid://shopify/ProductVariant/${letter}`,
      productGid: null,
    })),
    ...changes,
  };
}

const tell = (snapshots: readonly CartSnapshot[]) =>
  toCartEvents(snapshots).map(
    ({ kind, variantGid, occurredAt }) => `${occurredAt.slice(17, 19)} ${kind} ${variantGid!.at(-1)}`,
  );

describe("toCartEvents", () => {
  it("tells what was put in, removed and put in again, each at its moment", () => {
    expect(
      tell([snapshot(1, "a"), snapshot(2, "ab"), snapshot(3, "b"), snapshot(4, "ab"), snapshot(5, "")]),
    ).toEqual([
      "01 cart_updated a",
      "02 cart_updated b",
      "03 cart_line_removed a",
      "04 cart_updated a",
      "05 cart_line_removed a",
      "05 cart_line_removed b",
    ]);
  });

  it("tells once what the checkout holds, and what is removed there", () => {
    const checkout = { stage: "checkout" as const };
    expect(
      tell([
        snapshot(1, "ab"),
        snapshot(2, "ab", checkout),
        snapshot(3, "ab", checkout),
        snapshot(4, "b", checkout),
      ]),
    ).toEqual([
      "01 cart_updated a",
      "01 cart_updated b",
      "02 checkout_updated a",
      "02 checkout_updated b",
      "04 cart_line_removed a",
    ]);
  });

  it("gives the whole cart to the visitor whom its checkout names", () => {
    const events = toCartEvents([
      snapshot(1, "a"),
      snapshot(2, "a", { stage: "checkout", visitorKey: VISITOR, arm: "holdout" }),
    ]);
    expect(new Set(events.map(({ visitorKey, arm }) => `${visitorKey} ${arm}`))).toEqual(
      new Set([`${VISITOR} holdout`]),
    );
  });

  it("takes of two states of one second the one that Shopify raised later", () => {
    const early = snapshot(1, "ab", { webhookId: "z", triggeredAt: "2026-11-02T09:00:01.100Z" });
    const late = snapshot(1, "b", { webhookId: "y", triggeredAt: "2026-11-02T09:00:01.900Z" });
    expect(tell([late, early])).toContain("01 cart_line_removed a");
    expect(tell([late, early])).not.toContain("01 cart_line_removed b");
  });

  it("tells the same in whatever order the states come", () => {
    const states = [
      snapshot(1, "a"),
      snapshot(2, "abc"),
      snapshot(3, "c"),
      snapshot(4, "bc"),
      snapshot(5, ""),
    ];
    const expected = toCartEvents(states);
    fc.assert(
      fc.property(fc.shuffledSubarray(states, { minLength: states.length }), (shuffled) => {
        expect(toCartEvents(shuffled)).toEqual(expected);
      }),
    );
  });
});

describe("toCartState", () => {
  const payload = {
    token: "checkout-token",
    cart_token: "c1-4f0e8a",
    updated_at: "2026-11-02T09:10:12.000Z",
    line_items: [],
  };
  const toKey = (token: string) => `key of ${token}`;

  it("joins a checkout to its cart, whose token carries a key behind a question mark", () => {
    const cart = toCartState({ ...payload, token: "c1-4f0e8a?key=1", cart_token: null }, "cart", toKey);
    const checkout = toCartState(payload, "checkout", toKey);
    expect(cart).toMatchObject({ ok: true, value: { cartKey: "key of c1-4f0e8a" } });
    expect(checkout).toMatchObject({ ok: true, value: { cartKey: "key of c1-4f0e8a" } });
  });
});

describe("a cart event", () => {
  it("names the cart where nobody names the visitor, and itself by what happened when", () => {
    const productGid = "gid://shopify/Product/7";
    const lines = [{ variantGid: "gid://shopify/ProductVariant/44", productGid }];
    expect(toCartEvents([snapshot(1, "", { lines })])).toEqual([
      {
        eventId: `cart_updated-cart-44-${Date.UTC(2026, 10, 2, 9, 0, 1)}`,
        visitorKey: "cart",
        kind: "cart_updated",
        productGid,
        variantGid: "gid://shopify/ProductVariant/44",
        bundleId: null,
        searchTerm: null,
        arm: null,
        occurredAt: "2026-11-02T09:00:01.000Z",
      },
    ]);
    expect(toCartEvents([snapshot(1, "", { lines }), snapshot(2, "")])[1]).toMatchObject({
      kind: "cart_line_removed",
      productGid,
    });
    expect(toCartEvents([snapshot(1, "", { lines, stage: "checkout" })])[0]).toMatchObject({
      kind: "checkout_updated",
      productGid,
    });
  });

  it("is of the visitor whom the latest state names", () => {
    const other = VISITOR.replace("0", "f");
    const states = [
      snapshot(1, "a", { visitorKey: VISITOR, arm: "holdout" }),
      snapshot(2, "a", { visitorKey: other, arm: "treated" }),
      snapshot(3, "ab"),
    ];
    expect(toCartEvents(states).map(({ visitorKey, arm }) => [visitorKey, arm])).toEqual([
      [other, "treated"],
      [other, "treated"],
    ]);
  });

  it("is one where what was put in was removed and put in again within its second", () => {
    const again = { triggeredAt: "2026-11-02T09:00:01.500Z", webhookId: "x" };
    const last = { triggeredAt: "2026-11-02T09:00:01.900Z", webhookId: "y" };
    expect(tell([snapshot(1, "a"), snapshot(1, "", again), snapshot(1, "a", last)])).toEqual([
      "01 cart_updated a",
      "01 cart_line_removed a",
    ]);
  });

  it("takes of two states that were raised together the one of the later id", () => {
    const [one, two] = [snapshot(1, "a", { webhookId: "w1" }), snapshot(1, "", { webhookId: "w2" })];
    expect(tell([two, one])).toEqual(["01 cart_updated a", "01 cart_line_removed a"]);
  });

  it("tells anew what the checkout holds that was removed and put in again, not what a cart holds meanwhile", () => {
    const checkout = { stage: "checkout" as const };
    expect(
      tell([
        snapshot(1, "a", checkout),
        snapshot(2, "a"),
        snapshot(3, "a", checkout),
        snapshot(4, "", checkout),
        snapshot(5, "a", checkout),
      ]),
    ).toEqual(["01 checkout_updated a", "04 cart_line_removed a", "05 checkout_updated a"]);
  });
});

describe("the state of a cart", () => {
  const toKey = (token: string) => `key of ${token}`;
  const payload = { token: "c1", updated_at: "2026-11-02T09:10:12Z", line_items: [] as object[] };
  const keep = (changes: object) => {
    const state = toCartState({ ...payload, ...changes }, "cart", toKey);
    if (!state.ok) throw new Error(state.detail);
    return state.value;
  };

  it.each([
    ["no token", { token: "" }],
    ["an empty token of its cart", { cart_token: "" }],
    [
      "more lines than a cart may hold",
      { line_items: Array.from({ length: 501 }, () => ({ variant_id: 1 })) },
    ],
  ])("is none with %s", (_, changes) => {
    expect(toCartState({ ...payload, ...changes }, "cart", toKey).ok).toBe(false);
  });

  it("holds each variant once, and no line without one", () => {
    const line_items = [
      { variant_id: 1, product_id: 7 },
      { variant_id: 2 },
      { product_id: 8 },
      { variant_id: 1, product_id: 7 },
    ];
    expect(keep({ line_items }).lines).toEqual([
      { variantGid: "gid://shopify/ProductVariant/1", productGid: "gid://shopify/Product/7" },
      { variantGid: "gid://shopify/ProductVariant/2", productGid: null },
    ]);
    expect(
      keep({ line_items: Array.from({ length: 500 }, (_, at) => ({ variant_id: at + 1 })) }).lines,
    ).toHaveLength(500);
  });

  it("names the visitor by the attribute of ours among others", () => {
    const note_attributes = [
      { name: "gift", value: "t:" },
      { name: "_bundlesmith", value: `t:${VISITOR}` },
    ];
    expect(keep({ note_attributes })).toMatchObject({ visitorKey: VISITOR, arm: "treated" });
    expect(keep({ note_attributes: [{ name: "gift", value: `t:${VISITOR}` }] })).toMatchObject({
      visitorKey: null,
    });
  });
});
