import { beforeEach } from "vitest";
import { emptyBundleShop, openBundleShop, type StockedVariant } from "./bundle-shop.ts";
import { openTestDeps, type TestDeps } from "#tests/setup/test-deps.ts";

interface OpenedShop {
  readonly deps: TestDeps;
  /** Of the running test's shop. */
  readonly variants: StockedVariant[];
}

/** Opens a database for the file and, before each of its tests, a shop in it; what is returned is there by then. */
export async function openBundleShopEachTest(): Promise<OpenedShop> {
  const opened = { deps: await openTestDeps(), variants: [] as StockedVariant[] };
  beforeEach(async () => {
    await emptyBundleShop(opened.deps);
    opened.variants = (await openBundleShop(opened.deps)).variants;
  });
  return opened;
}
