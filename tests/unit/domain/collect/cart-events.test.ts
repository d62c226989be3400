import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toCartEvents, type CartSnapshot } from "#app/domain/collect/cart-events.ts";
import { toCartState } from "#app/domain/collect/cart-payload.ts";

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
  it("tells what was put in, taken out and put in again, each at its moment", () => {
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

  it("tells once what the checkout holds, and what is taken out there", () => {
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
