import { beforeEach } from "vitest";
import { emptyBundleShop, openBundleShop, type StockedVariant } from "./bundle-shop.ts";
import { openTestDeps, type TestDeps } from "#tests/setup/test-deps.ts";

interface OpenedShop {
  readonly deps: TestDeps;
  /** Variants of the running test's shop. */
  readonly variants: StockedVariant[];
}

/** Opens a database for the file and fills it with a shop before each test. The result holds that shop's variants. */
export async function openBundleShopEachTest(): Promise<OpenedShop> {
  const opened = { deps: await openTestDeps(), variants: [] as StockedVariant[] };
  beforeEach(async () => {
    await emptyBundleShop(opened.deps);
    opened.variants = (await openBundleShop(opened.deps)).variants;
  });
  return opened;
}
