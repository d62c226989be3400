import { readFile } from "node:fs/promises";
import type { FrameLocator, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { armOf } from "#app/domain/evaluate/proof/holdout.ts";
import { saveModels } from "#app/data/runs/models.server.ts";
import { encodeNeighbours } from "#app/domain/behaviour/behaviour-model.ts";
import { Prisma } from "#app/data/generated/client.ts";
import { openBundleShop, SHOP, type StockedVariant } from "#tests/factories/bundle-shop.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import { openAdminInChromium, type AdminInChromium } from "./admin-in-chromium.ts";
import { findBarriers, keepWholePage, measureOverflow, openEmbedded, WIDTHS } from "./embedded-pages.ts";

/** Most clicks that an offer of any kind can take. */
const MOST_CLICKS = 8;

const deps = await openTestDeps();
let admin: AdminInChromium;
let page: Page;
let app: FrameLocator;
let state: ShopState;
let collectionGid: string;
let gidsOf: (...numbers: number[]) => string[];

beforeAll(async () => {
  let variants: StockedVariant[];
  ({ state, variants } = await openBundleShop(deps, { products: 12 }));
  for (const { variantGid } of variants)
    state.catalogue.adjustInventory(variantGid, { available: 100 }, { isSilent: true });
  gidsOf = (...numbers) => numbers.map((number) => variants[number - 1]!.productGid);
  const tea = { handle: "tea", title: "Tea", descriptionHtml: "", productGids: gidsOf(9, 10) };
  ({ gid: collectionGid } = state.catalogue.addCollection(tea));
  await deps.db.product.updateMany({
    where: { shop: SHOP, productGid: { in: gidsOf(9, 10) } },
    data: { collectionGids: [collectionGid] },
  });
  admin = await openAdminInChromium(deps, state, { queues: ["publish", "ingest"] });
  ({ page, app } = admin);
  await page.setViewportSize({ width: 1280, height: 1_400 });
  await admin.enter();
});

afterAll(() => admin?.close());

interface Made {
  readonly kind: string;
  /** Numbers of the products to tick. A shopper finds the offer on the first one's page. */
  readonly products: readonly number[];
  readonly stored: object;
  /** What a shopper chooses in the offer's box. */
  readonly choose: (box: Locator) => Promise<void>;
  /** The shopper's price in hundredths, if each product costs 10.00. */
  readonly price: number;
}

/** Makes one offer as a merchant does, and counts the clicks. */
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
      await app.getByRole("button", { name: "Edit" }).waitFor();
      return clicks;
    },
  };
}

/** Opens a shopper who sees offers, like nine in ten shoppers. */
async function openShopper(): Promise<Page> {
  const context = await admin.browser.newContext({ viewport: { width: 1280, height: 900 } });
  const { holdoutSalt: salt } = await deps.db.shop.findFirstOrThrow();
  const visitor = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
    .map((digit) => digit.repeat(32))
    .find((key) => armOf(key, { salt, holdoutPermille: 100 }) === "treated");
  await context.addCookies([{ name: "bundlesmith", value: `t:${visitor}`, url: admin.standinUrl }]);
  return context.newPage();
}

describe("an offer made by hand in a shop without an order", () => {
  it.for<Made>([
    {
      kind: "Set",
      products: [1, 2],
      stored: { terms: null, discountRatio: 0.1 },
      choose: async () => {},
      price: 1_800,
    },
    {
      kind: "Any of a range",
      products: [3, 4],
      stored: { terms: { kind: "range", units: 3, allowsRepeats: true } },
      choose: async (box) => {
        await box.getByLabel("Product 3", { exact: true }).check();
        await box.getByLabel("Product 4", { exact: true }).check();
        await box.getByLabel("Quantity: Product 4").selectOption("2");
      },
      price: 2_700,
    },
    {
      kind: "Quantity breaks",
      products: [5],
      stored: { terms: { kind: "breaks", scope: "product", tiers: [{ units: 2 }, { units: 3 }] } },
      choose: (box) => box.getByRole("radio", { name: "3 ×" }).check(),
      price: 2_550,
    },
    {
      kind: "Gift",
      products: [6, 7],
      stored: { terms: { kind: "gift", spendMinor: null, giftBasisPoints: 10_000 } },
      choose: async () => {},
      price: 1_000,
    },
  ])(
    "of the kind $kind is live after a few clicks, and sells at the displayed price",
    async ({ kind, products, stored, choose, price }, { annotate }) => {
      await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/suggestions" });
      const startedAt = performance.now();
      const { publish } = await make({ kind, products });
      const clicks = await publish();
      const find = () =>
        deps.db.bundle.findMany({ where: { shop: SHOP }, orderBy: { createdAt: "desc" }, take: 1 });
      await expect.poll(find).toMatchObject([{ kind: "merchant", status: "published", ...stored }]);
      expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);

      const [bundle] = await find();
      const shopper = await openShopper();
      await shopper.goto(`${admin.standinUrl}/products/product-${products[0]}`);
      const box = shopper.locator(`[data-bundlesmith-offer="${bundle!.id}"]`);
      await box.waitFor();
      await annotate(
        `${kind}: live after ${clicks} clicks and ${Math.round(performance.now() - startedAt)} ms`,
      );
      await choose(box);
      await expect.poll(() => box.getAttribute("data-price")).toBe(String(price));
      await box.locator("button[type=submit]").click();
      const paid = () =>
        shopper.evaluate(async () => (await (await fetch("/cart.js")).json()).total_price as number);
      await expect.poll(paid).toBe(price);
      await shopper.goto(`${admin.standinUrl}/checkout`);
      expect(await shopper.locator("main").innerText()).toContain((price / 100).toFixed(2));
      await shopper.context().close();
    },
  );

  it("uses the products of a collection, including one that joins it later", async () => {
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/offers/new" });
    await app.locator("label").getByText("Any of a range", { exact: true }).click();
    await app.getByRole("button", { name: "Choose a collection" }).click();
    const picker = page.getByRole("dialog", { name: "Add collections" });
    await picker.getByText("Tea", { exact: true }).click();
    let answer = () => {};
    const slow = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/app/offers/collection**", (route) => slow.then(() => route.continue()));
    await picker.getByRole("button", { name: "Add" }).click();
    await app.locator('button[aria-busy="true"]').waitFor();
    answer();
    await app.getByText("The products are those of the collection").waitFor();
    expect(await app.locator('button[aria-busy="true"]').count()).toBe(0);
    await page.unroute("**/app/offers/collection**");
    await app.getByRole("button", { name: "Publish" }).first().click();
    await app.getByRole("button", { name: "Edit" }).waitFor();

    const find = () => deps.db.bundle.findFirstOrThrow({ where: { shop: SHOP, collectionGid } });
    await expect.poll(async () => (await find()).status).toBe("published");
    const { id } = await find();
    const shopper = await openShopper();
    const choices = async (number: number) => {
      await shopper.goto(`${admin.standinUrl}/products/product-${number}`);
      return shopper.locator(`[data-bundlesmith-offer="${id}"]`).getByRole("checkbox").count();
    };
    await expect.poll(() => choices(9)).toBe(2);
    expect(await choices(11)).toBe(0);
    state.catalogue.changeCollection(collectionGid, gidsOf(9, 10, 11));
    await expect.poll(() => choices(9)).toBe(3);
    await expect.poll(() => choices(11)).toBe(3);
    await shopper.context().close();
  });

  it("adds a complement of its products with one click", async () => {
    const products = gidsOf(7, 12);
    const variants = await deps.db.variant.findMany({ where: { shop: SHOP, productGid: { in: products } } });
    const keys = products.map((gid) => variants.find(({ productGid }) => productGid === gid)!.variantGid);
    await deps.db.product.updateMany({
      where: { shop: SHOP, productGid: products[1]! },
      data: { title: "Tea strainer" },
    });
    const { id: runId } = await deps.db.run.create({
      data: { shop: SHOP, status: "succeeded", cutoffAt: new Date() },
    });
    const neighbours = { count: 1, partner: Int32Array.of(1, 0), strength: Float32Array.of(1, 1) };
    await saveModels(deps.db, { shop: SHOP, runId }, "behaviour", [
      { name: "given", isChosen: true, metrics: {}, artefact: encodeNeighbours(neighbours, keys) },
    ]);
    const id = products[0]!.split("/").at(-1);
    await openEmbedded(page, { appUrl: admin.appUrl, path: `/app/offers/new?id=${id}` });
    const strainer = app.getByRole("button", { name: "Tea strainer", exact: true });
    await strainer.waitFor();
    // The next answer never comes, and a second click would add the product twice.
    await page.route("**/app/offers/complements**", () => {});
    await strainer.click();
    await app.getByLabel("Units of Tea strainer").waitFor();
    expect(await strainer.count()).toBe(0);
    await page.unroute("**/app/offers/complements**");
    await app.getByRole("button", { name: "Discard" }).click();
  });

  it("says when its figures cannot be calculated, and shows them again once they can", async () => {
    const [product] = await deps.db.product.findMany({ where: { shop: SHOP, title: "Product 8" } });
    const id = product!.productGid.split("/").at(-1);
    await openEmbedded(page, { appUrl: admin.appUrl, path: `/app/offers/new?id=${id}` });
    await app.locator("label").getByText("Quantity breaks", { exact: true }).click();
    const evidence = app.getByText("There are no orders yet");
    await evidence.waitFor();
    await page.route("**/app/offers/figures", (route) => route.fulfill({ status: 500 }));
    await app.getByLabel("From units, tier 1", { exact: true }).fill("4");
    await app.getByText("could not be calculated just now").waitFor();
    expect(await evidence.count()).toBe(0);
    await page.unroute("**/app/offers/figures");
    await evidence.waitFor();
    expect(await app.getByText("could not be calculated just now").count()).toBe(0);
    await app.getByRole("button", { name: "Discard" }).click();
  });

  it("hides the figures of earlier values while a slow answer is pending", async () => {
    const [product] = await deps.db.product.findMany({ where: { shop: SHOP, title: "Product 8" } });
    const id = product!.productGid.split("/").at(-1);
    await openEmbedded(page, { appUrl: admin.appUrl, path: `/app/offers/new?id=${id}` });
    await app.locator("label").getByText("Any of a range", { exact: true }).click();
    const evidence = app.getByText("There are no orders yet");
    await evidence.waitFor();
    let answer = () => {};
    const slow = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/app/offers/figures", (route) => slow.then(() => route.continue()));
    await app.getByLabel("Discount", { exact: true }).fill("20");
    await expect.poll(() => evidence.count()).toBe(0);
    answer();
    await evidence.waitFor();
    await page.unroute("**/app/offers/figures");
    await app.getByRole("button", { name: "Discard" }).click();
  });

  it("accepts a comma as decimal point, and starts breaks with a reward that they allow", async () => {
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/offers/new" });
    const discount = app.getByLabel("Discount", { exact: true });
    await discount.selectText();
    await page.keyboard.type("12,5");
    expect(await discount.inputValue()).toBe("12,5");
    await app.getByLabel("Reward", { exact: true }).selectOption("none");
    await app.locator("label").getByText("Quantity breaks", { exact: true }).click();
    expect(await app.getByLabel("From units, tier 1: Discount").getAttribute("aria-labelledby")).toBeTruthy();
    expect(await app.getByText("USD").count()).toBe(0);
    await app.getByRole("button", { name: "Discard" }).click();
  });

  it("ignores units of a product if its kind has no field for them", async () => {
    const [product] = await deps.db.product.findMany({ where: { shop: SHOP, title: "Product 8" } });
    const id = product!.productGid.split("/").at(-1);
    await openEmbedded(page, { appUrl: admin.appUrl, path: `/app/offers/new?id=${id}` });
    await app.getByLabel("Units of Product 8").fill("12");
    await app.getByText("12 × Product 8").waitFor();
    await app.locator("label").getByText("Any of a range", { exact: true }).click();
    await app.getByText("There are no orders yet").waitFor();
    expect(await app.getByText("12 × Product 8").count()).toBe(0);
    await app.getByRole("button", { name: "Save for later" }).click();
    await app.getByRole("button", { name: "Edit" }).waitFor();
    const made = await deps.db.bundle.findFirst({
      where: { shop: SHOP, status: "proposed" },
      include: { components: true },
    });
    expect(made).toMatchObject({ terms: { kind: "range" }, components: [{ quantity: 1 }] });
    await deps.db.bundle.delete({ where: { id: made!.id } });
  });

  it("that is refused moves the focus to the invalid field", async () => {
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/offers/new" });
    const discount = app.getByLabel("Discount", { exact: true });
    await discount.fill("");
    await app.getByRole("button", { name: "Publish" }).last().click();
    await app.getByText("Enter a number").waitFor();
    await expect.poll(() => discount.evaluate((element) => element === document.activeElement)).toBe(true);
    await app.getByRole("button", { name: "Discard" }).click();
  });

  it("that is refused without products moves the focus to the message at the products", async () => {
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/offers/new" });
    await app.getByRole("button", { name: "Publish" }).last().click();
    await app.locator(":focus").getByText("Choose 2 or more products").waitFor({ timeout: 5_000 });
    await page.keyboard.press("Tab");
    await app.getByRole("button", { name: "Choose products" }).and(app.locator(":focus")).waitFor();
  });

  it("that is refused for a tier shows the error beside that tier's field", async () => {
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/offers/new" });
    await app.locator("label").getByText("Quantity breaks", { exact: true }).click();
    await app.getByRole("button", { name: "Add a tier" }).click();
    const [wrong, right] = [2, 1].map((tier) => app.getByLabel(`From units, tier ${tier}: Discount`));
    await wrong!.fill("");
    await app.getByRole("button", { name: "Publish" }).last().click();
    await expect.poll(() => wrong!.getAttribute("aria-invalid")).toBe("true");
    expect(await right!.getAttribute("aria-invalid")).not.toBe("true");
    const sentence = await wrong!.getAttribute("aria-describedby");
    expect(await app.locator(`[id="${sentence}"]`).innerText()).toBe("Enter a number");
    expect(await wrong!.evaluate((element) => element === document.activeElement)).toBe(true);
    const frame = page.frames().at(-1)!;
    await keepWholePage(page, frame, { name: "offer-wrong-tier", width: 1280 });
    expect(await findBarriers(frame)).toEqual([]);
    await app.getByRole("button", { name: "Discard" }).click();
  });

  it("passes nothing to the next offer that is typed during the save", async () => {
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/offers/new" });
    await app.getByRole("button", { name: "Change", exact: true }).click();
    await app.getByRole("button", { name: "Choose products" }).click();
    const picker = page.getByRole("dialog", { name: "Add products" });
    for (const number of [11, 12]) await picker.getByText(`Product ${number}`, { exact: true }).click();
    await picker.getByRole("button", { name: "Add" }).click();
    let answer = () => {};
    const slow = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/app/offers/new**", (route) => slow.then(() => route.continue()));
    await app.getByRole("button", { name: "Save for later" }).first().click();
    await app.getByLabel("Note").fill("Typed late");
    answer();
    await app.getByRole("button", { name: "Edit" }).waitFor();
    await page.unroute("**/app/offers/new**");
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/offers/new" });
    await app.getByRole("button", { name: "Change", exact: true }).click();
    await app.getByLabel("Note").waitFor();
    expect(await app.getByLabel("Note").inputValue()).toBe("");
    await deps.db.bundle.deleteMany({ where: { shop: SHOP, status: "proposed" } });
  });

  it("moves the focus to the next control when a tier or a product is removed", async () => {
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/offers/new" });
    await app.locator("label").getByText("Quantity breaks", { exact: true }).click();
    const remove = async (name: string) => {
      await app.getByRole("button", { name, exact: true }).focus();
      await page.keyboard.press("Enter");
    };
    const isFocused = (control: Locator) => control.evaluate((element) => element === document.activeElement);
    await app.getByRole("button", { name: "Add a tier" }).click();
    await remove("Remove tier 1");
    expect(await isFocused(app.getByLabel("From units, tier 1", { exact: true }))).toBe(true);
    await remove("Remove tier 2");
    expect(await isFocused(app.getByRole("button", { name: "Add a tier" }))).toBe(true);

    await app.getByRole("button", { name: "Choose products" }).click();
    const picker = page.getByRole("dialog", { name: "Add products" });
    for (const number of [1, 2]) await picker.getByText(`Product ${number}`, { exact: true }).click();
    await picker.getByRole("button", { name: "Add" }).click();
    await remove("Remove Product 1");
    expect(await isFocused(app.getByRole("button", { name: "Remove Product 2" }))).toBe(true);
    await remove("Remove Product 2");
    expect(await isFocused(app.getByRole("button", { name: "Choose products" }))).toBe(true);
    await app.getByRole("button", { name: "Discard" }).click();
  });

  it("is saved while it is typed, and restored after leaving the page", async () => {
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/offers/new" });
    const openFurther = () => app.getByRole("button", { name: "Change", exact: true }).click();
    await openFurther();
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
    await openFurther();
    await expect.poll(() => app.getByLabel("Title shown to shoppers").inputValue()).toBe("For later");
    await app.getByRole("button", { name: "Discard" }).click();
  });

  it.for([
    ["Set", null, 1],
    ["Any of a range", "range", 3],
    ["Quantity breaks", "breaks", 5],
    ["Gift", "gift", 6],
  ] as const)(
    "of the kind %s is duplicated as a draft with the same terms and its own title, without any live change",
    async ([, kind, number]) => {
      const terms = kind === null ? { equals: Prisma.DbNull } : { path: ["kind"], equals: kind };
      const productGid = gidsOf(number)[0]!;
      const where = { shop: SHOP, terms, components: { some: { productGid, position: 0 } } };
      const original = await deps.db.bundle.findFirstOrThrow({ where, include: { components: true } });
      const entitle = (title: string) =>
        deps.db.bundle.update({ where: { id: original.id }, data: { title } });
      await entitle("Chosen by the merchant");
      const live = async () => ({
        bundle: await deps.db.bundle.findUnique({
          where: { id: original.id },
          include: { components: true },
        }),
        metafields: await deps.db.publishedMetafield.findMany({
          orderBy: [{ ownerGid: "asc" }, { key: "asc" }],
        }),
      });
      const before = await live();

      await openEmbedded(page, { appUrl: admin.appUrl, path: `/app/suggestions/${original.id}` });
      await app
        .getByRole("button", { name: "Duplicate" })
        .or(app.getByRole("link", { name: "Duplicate" }))
        .first()
        .click();
      await app.getByText(`Product ${number}`).first().waitFor();
      // Unchanged it would be the same offer.
      await app.getByRole("button", { name: "Save for later" }).first().click();
      await app.getByText("You already have this offer").waitFor();
      await app
        .getByRole("button", { name: "Choose products" })
        .or(app.getByRole("button", { name: "Add products" }))
        .first()
        .click();
      const picker = page.getByRole("dialog", { name: "Add products" });
      await picker.getByText("Product 12", { exact: true }).click();
      await picker.getByRole("button", { name: "Add" }).click();
      await app.getByText("Product 12").first().waitFor();
      await app.getByRole("button", { name: "Save for later" }).first().click();
      await app.getByRole("button", { name: "Edit" }).waitFor();

      const copy = await deps.db.bundle.findFirstOrThrow({
        where: { shop: SHOP, status: "proposed" },
        orderBy: { createdAt: "desc" },
        include: { components: true },
      });
      expect(copy).toMatchObject({
        kind: "merchant",
        terms: original.terms,
        ...(kind === null ? { discountRatio: original.discountRatio } : {}),
        startsAt: null,
        endsAt: null,
      });
      expect(copy.components.map((one) => one.productGid)).toEqual(
        expect.arrayContaining([productGid, gidsOf(12)[0]!]),
      );
      expect(copy.title).not.toBe("Chosen by the merchant");
      expect(await live()).toEqual(before);
      await entitle(original.title);
    },
  );

  it("is refused in one line with a link if it exists already", async () => {
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/suggestions" });
    await make({ kind: "Set", products: [1, 2] });
    await app.getByRole("button", { name: "Publish" }).first().click();
    await app.getByText("You already have this offer").waitFor();
    await app.getByText("change a product or a number here, or the price and dates there").first().waitFor();
    await app.getByRole("link", { name: "Product 1 with Product 2" }).waitFor();
    await app.getByRole("button", { name: "Discard" }).click();
  });
});

describe("a file of offers", () => {
  const send = (text: string) =>
    app
      .locator("input[type=file]")
      .setInputFiles({ name: "offers.csv", mimeType: "text/csv", buffer: Buffer.from(text) });

  it("with a bad row gets one clear message and changes nothing, and is saved once it is valid", async () => {
    const before = await deps.db.bundle.findMany({ where: { shop: SHOP }, orderBy: { id: "asc" } });
    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/offers/file" });
    const downloading = page.waitForEvent("download");
    await app.getByRole("button", { name: "Export offers" }).click();
    const exported = await readFile(await (await downloading).path(), "utf8");
    expect(exported.trimEnd().split("\r\n")).toHaveLength(1 + before.length);

    const header = "kind,title,products,reward,units";
    const good = "set,Filed,product-1 product-12,10,";
    await send([header, good, "range,Any three,product-2 product-12,10,1"].join("\r\n"));
    await app.getByText("1 cell must be corrected. Nothing was saved.").waitFor();
    expect(await app.getByRole("listitem").filter({ hasText: "Row 3, units:" }).count()).toBe(1);
    expect(await deps.db.bundle.findMany({ where: { shop: SHOP }, orderBy: { id: "asc" } })).toEqual(before);

    await send("PK\u0003\u0004\0\0 a workbook");
    await app.getByText("choose “Save as” and then “CSV UTF-8”").waitFor();
    await send(good.repeat(40_000));
    await app.getByText("The file is larger than 1 MB").waitFor();

    await send([header, good].join("\r\n"));
    await app.getByRole("button", { name: "Save 1 draft" }).click();
    await app.getByText("1 offer is now a draft.").first().waitFor();
    expect(await deps.db.bundle.findMany({ where: { shop: SHOP, title: "Filed" } })).toMatchObject([
      { status: "proposed", kind: "merchant" },
    ]);
  });
});

describe.each(WIDTHS)("the page of a new offer, %i px wide", (width) => {
  it("has no barrier and nothing beyond its edge", async () => {
    await page.setViewportSize({ width, height: 1_400 });
    const frame = await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/offers/new" });
    await keepWholePage(page, frame, { name: `offers-by-hand/new-${width}`, width });
    expect(await findBarriers(frame)).toEqual([]);
    expect(await measureOverflow(frame)).toBeLessThanOrEqual(0);
    const { x = 0, width: wide = 0 } =
      (await app.getByRole("button", { name: "Publish" }).last().boundingBox()) ?? {};
    expect(width - x - wide).toBeGreaterThanOrEqual(16);
  });
});

it("meets no script error", () => {
  expect(admin.problems).toEqual([]);
});
