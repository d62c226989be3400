import type { TestDeps } from "#tests/setup/test-deps.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import { SHOP } from "./bundle-shop.ts";

/** Adds a tee in the sizes S and M at 10.00 to Shopify and to the database, with this stock per size. */
export async function addTee({ db }: Pick<TestDeps, "db">, state: ShopState, inventoryQuantity: number) {
  const sizes = ["S", "M"];
  const tee = state.catalogue.addProduct({
    title: "Tee",
    options: [{ name: "Size", values: sizes }],
    variants: sizes.map((value) => ({
      sku: `TEE-${value}`,
      price: "10.00",
      selectedOptions: [{ name: "Size", value }],
    })),
  });
  await db.product.create({
    data: {
      shop: SHOP,
      productGid: tee.gid,
      title: tee.title,
      handle: tee.handle,
      tags: [],
      status: "active",
      sourceUpdatedAt: new Date("2026-10-01T00:00:00Z"),
      variants: {
        create: tee.variants.map(({ gid, title, position, inventoryItemGid }) => ({
          variantGid: gid,
          title,
          position,
          inventoryItemGid,
          inventoryQuantity,
          priceMinor: 1_000,
          costMinor: 500,
        })),
      },
    },
  });
  const [small, medium] = tee.variants.map(({ gid }) => gid) as [string, string];
  return { tee, small, medium };
}
