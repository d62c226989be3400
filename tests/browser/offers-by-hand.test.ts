import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBundleShop, SHOP } from "#tests/factories/bundle-shop.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { openAdminInChromium, type AdminInChromium } from "./admin-in-chromium.ts";
import { findBarriers, keepScreenshot, measureOverflow, openEmbedded, WIDTHS } from "./embedded-pages.ts";

const ARTEFACTS = fileURLToPath(new URL("../artefacts/offers-by-hand/", import.meta.url));
/** What a merchant may spend on an offer of any kind. */
const MOST_CLICKS = 8;
const MOST_MS = 90_000;

const deps = await openTestDeps();
let admin: AdminInChromium;
let page: Page;
let app: FrameLocator;

beforeAll(async () => {
  await mkdir(ARTEFACTS, { recursive: true });
  const { state } = await openBundleShop(deps, { products: 8 });
  admin = await openAdminInChromium(deps, state);
  ({ page, app } = admin);
  await page.setViewportSize({ width: 1280, height: 1_400 });
  await admin.enter();
});

afterAll(() => admin?.close());

interface Made {
  readonly kind: string;
  /** Numbers of the products to tick. */
  readonly products: readonly number[];
  readonly stored: object;
}

/** What a merchant clicks for one offer, counted. */
async function make({ kind, products }: Pick<Made, "kind" | "products">) {
  let clicks = 0;
  const click = async (what: { click(): Promise<void> }) => {
    clicks += 1;
    await what.click();
  };
  const picker = page.getByRole("dialog", { name: "Add products" });
  await click(
    app
      .getByRole("link", { name: "Create offer" })
      .or(app.getByRole("button", { name: "Create offer" }))
      .first(),
  );
  await click(app.locator("label").getByText(kind, { exact: true }));
  await click(app.getByRole("button", { name: "Choose products" }));
  for (const number of products) await click(picker.getByText(`Product ${number}`, { exact: true }));
  await click(picker.getByRole("button", { name: "Add" }));
  await app.getByText(`Product ${products[0]}`).first().waitFor();
  return {
    publish: async () => {
      await click(app.getByRole("button", { name: "Publish" }).first());
      await app.getByRole("heading", { name: "History" }).waitFor();
      return clicks;
    },
  };
}

describe("an offer made by hand in a shop without an order", () => {
  it.each<Made>([
    { kind: "Set", products: [1, 2], stored: { terms: null, discountRatio: 0.1 } },
    {
      kind: "Any of a range",
      products: [3, 4],
      stored: { terms: { kind: "range", units: 3, allowsRepeats: true } },
    },
    {
      kind: "Quantity breaks",
      products: [5],
      stored: { terms: { kind: "breaks", scope: "product", tiers: [{ units: 2 }, { units: 3 }] } },
    },
    {
      kind: "Gift",
      products: [6, 7],
      stored: { terms: { kind: "gift", spendMinor: null, giftBasisPoints: 10_000 } },
    },
  ])("of the kind $kind is approved within a few clicks", async ({ kind, products, stored }) => {
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/suggestions" });
    const startedAt = performance.now();
    const { publish } = await make({ kind, products });
    const clicks = await publish();
    expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
    expect(performance.now() - startedAt).toBeLessThan(MOST_MS);
    const [bundle] = await deps.db.bundle.findMany({ where: { shop: SHOP }, orderBy: { createdAt: "desc" } });
    expect(bundle).toMatchObject({ kind: "merchant", status: "approved", ...stored });
  });

  it("begins with the product from whose page in the admin the merchant came", async () => {
    const [product] = await deps.db.product.findMany({ where: { shop: SHOP, title: "Product 8" } });
    const id = product!.productGid.split("/").at(-1);
    await openEmbedded(page, { appUrl: admin.appUrl, path: `/app/offers/new?id=${id}` });
    await app.getByLabel("Units of Product 8").waitFor();
    await app.getByText("There are no orders yet").waitFor();
  });

  it("is kept while it is typed, over a tab that is closed", async () => {
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/offers/new" });
    await app.getByLabel("Title shown to shoppers").fill("For later");
    await expect
      .poll(
        () =>
          admin.appUrl &&
          page
            .frames()
            .at(-1)!
            .evaluate(() => Object.keys(localStorage).length),
      )
      .toBe(1);
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/suggestions" });
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/offers/new" });
    await expect.poll(() => app.getByLabel("Title shown to shoppers").inputValue()).toBe("For later");
    await app.getByRole("button", { name: "Discard" }).click();
  });

  it("is refused in one line with a link where it is there already", async () => {
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/suggestions" });
    await make({ kind: "Set", products: [1, 2] });
    await app.getByRole("button", { name: "Publish" }).first().click();
    await app.getByText("You have this offer already").waitFor();
    await app.getByRole("link", { name: "Product 1 + Product 2" }).waitFor();
    await app.getByRole("button", { name: "Discard" }).click();
  });
});

describe.each(WIDTHS)("the page of a new offer, %i px wide", (width) => {
  it("has no barrier and nothing beyond its edge", async () => {
    await page.setViewportSize({ width, height: 1_400 });
    const frame = await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/offers/new" });
    await keepScreenshot(page, frame, { path: `${ARTEFACTS}new-${width}.png`, width });
    expect(await findBarriers(frame)).toEqual([]);
    expect(await measureOverflow(frame)).toBeLessThanOrEqual(0);
  });
});

it("meets no script error", () => {
  expect(admin.problems).toEqual([]);
});
