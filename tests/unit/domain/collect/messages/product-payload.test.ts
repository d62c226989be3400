import { describe, expect, it } from "vitest";
import { toProductEvent, toStockEvent } from "#app/domain/collect/messages/product-event.ts";
import { toProductEventFromNode } from "#app/domain/collect/messages/product-node.ts";

const variant = {
  admin_graphql_api_id: "gid://shopify/ProductVariant/11",
  inventory_item_id: 511,
  title: "Red",
  price: "12.50",
  inventory_management: "shopify",
  inventory_quantity: 4,
};
const product = {
  admin_graphql_api_id: "gid://shopify/Product/1",
  title: "Kettle",
  handle: "kettle",
  tags: " coffee,, pour over ",
  status: "active",
  updated_at: "2026-11-01T09:00:00+01:00",
  variants: [variant],
};

function read(changes: Record<string, unknown>) {
  const event = toProductEvent({ ...product, ...changes }, "EUR");
  if (!event.ok) throw new Error(event.detail);
  return event.value;
}

describe("toProductEvent", () => {
  it.each([
    ["a price that is no number", { variants: [{ ...variant, price: "free" }] }],
    ["a price below nothing", { variants: [{ ...variant, price: "-1.00" }] }],
    ["a product without gid", { admin_graphql_api_id: undefined }],
  ])("refuses %s", (_, changes) => {
    expect(toProductEvent({ ...product, ...changes }, "EUR").ok).toBe(false);
  });

  it("splits the tags and counts prices in the shop's minor units", () => {
    expect(read({})).toMatchObject({ tags: ["coffee", "pour over"], variants: [{ priceMinor: 1_250 }] });
  });

  it("has no stock for a variant without inventory tracking", () => {
    const untracked = { ...variant, inventory_management: null };
    expect(read({ variants: [untracked] }).variants[0]?.inventoryQuantity).toBeNull();
  });

  it("has no stock for a variant that sells on without stock", () => {
    const stockUnder = (inventory_policy: string | undefined) =>
      read({ variants: [{ ...variant, inventory_policy, inventory_quantity: -3 }] }).variants[0]
        ?.inventoryQuantity;
    expect(["continue", "deny", undefined].map(stockUnder)).toEqual([null, -3, -3]);
  });

  it("does not treat 100 variants, or none, as the whole product", () => {
    expect(read({}).hasAllVariants).toBe(true);
    expect(read({ variants: Array.from({ length: 100 }, () => variant) }).hasAllVariants).toBe(false);
    for (const variants of [undefined, null, []]) expect(read({ variants }).hasAllVariants).toBe(false);
  });

  it("reads the ids of all variants when the payload lists them", () => {
    const gids = ["gid://shopify/ProductVariant/11", "gid://shopify/ProductVariant/12"];
    const named = gids.map((admin_graphql_api_id) => ({
      admin_graphql_api_id,
      updated_at: "2026-11-01T09:00:00Z",
    }));
    expect(read({ variant_gids: named }).variantGids).toEqual(gids);
    expect(read({}).variantGids).toBeUndefined();
  });

  it.each([
    ["active", "active"],
    ["ARCHIVED", "archived"],
    ["draft", "draft"],
    ["unlisted", "draft"],
  ])("reads the status %s as %s", (status, expected) => {
    expect(read({ status }).status).toBe(expected);
  });
});

describe("toProductEventFromNode", () => {
  const node = {
    id: "gid://shopify/Product/1",
    title: "Kettle",
    handle: "kettle",
    productType: "",
    tags: [],
    status: "ACTIVE",
    updatedAt: "2026-11-01T08:00:00Z",
    featuredMedia: null,
  };
  const variantNode = {
    id: "gid://shopify/ProductVariant/11",
    title: "Red",
    sku: null,
    price: "1250",
    position: 1,
    inventoryQuantity: 4,
    inventoryPolicy: "DENY",
    inventoryItem: { id: "gid://shopify/InventoryItem/511", tracked: true, unitCost: { amount: "500" } },
  };

  it("counts yen without decimals", () => {
    expect(toProductEventFromNode(node, [variantNode], "JPY")).toMatchObject({
      ok: true,
      value: { variants: [{ priceMinor: 1_250, costMinor: 500, sku: "" }] },
    });
  });

  it.each([
    ["CONTINUE", true, null],
    ["DENY", true, 4],
    ["DENY", false, null],
  ])("with policy %s and tracked %s reads the stock %s", (policy, tracked, stock) => {
    const inventoryItem = { ...variantNode.inventoryItem, tracked };
    const reported = { ...variantNode, inventoryPolicy: policy, inventoryItem };
    expect(toProductEventFromNode(node, [reported], "EUR")).toMatchObject({
      value: { variants: [{ inventoryQuantity: stock }] },
    });
  });

  it("reads a missing cost as null", () => {
    const unknown = { ...variantNode, inventoryItem: { ...variantNode.inventoryItem, unitCost: null } };
    expect(toProductEventFromNode(node, [unknown], "EUR")).toMatchObject({
      value: { variants: [{ costMinor: null }] },
    });
  });

  it("reads the number of locations if the API reports it", () => {
    const inventoryItem = { ...variantNode.inventoryItem, locationsCount: { count: 3 } };
    const read = toProductEventFromNode(node, [{ ...variantNode, inventoryItem }, variantNode], "EUR");
    expect(read).toMatchObject({ value: { variants: [{ locationCount: 3 }, { locationCount: null }] } });
  });
});

describe("toStockEvent", () => {
  it("counts a missing level as 0", () => {
    const level = {
      inventory_item_id: 511,
      location_id: 4,
      available: null,
      updated_at: "2026-11-01T08:00:00Z",
    };
    expect(toStockEvent(level)).toMatchObject({ ok: true, value: { availableUnits: 0 } });
  });
});
