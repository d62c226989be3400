import type { FrameLocator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LOCALES } from "#app/locales/translate.ts";
import { decideBundle } from "#app/services/validate/decide-bundle.server.ts";
import { editBundle } from "#app/services/validate/edit-bundle.server.ts";
import { addBundle, openBundleShop, SHOP, type StockedVariant } from "#tests/factories/bundle-shop.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { openAdminInChromium, type AdminInChromium } from "./admin-in-chromium.ts";
import {
  findBarriers,
  findCutTexts,
  keepWholePage,
  measureOverflow,
  openEmbedded,
  WIDTHS,
} from "./embedded-pages.ts";

const DAY_MS = 86_400_000;
/** The page's pause between two readings of the list, and between two tries. */
const REFRESH_MS = 5_000;
/** Live bundles that the free plan allows after the trial. */
const FREE_PLAN_BUNDLES = 3;

const deps = await openTestDeps();
let admin: AdminInChromium;
let page: Page;
let app: FrameLocator;
let variants: StockedVariant[];

beforeAll(async () => {
  const shop = await openBundleShop(deps, { products: 6 });
  ({ variants } = shop);
  await deps.db.shop.update({
    where: { shop: SHOP },
    data: { installedAt: new Date(Date.now() - 300 * DAY_MS) },
  });
  admin = await openAdminInChromium(deps, shop.state);
  ({ page, app } = admin);
  await admin.enter();
});

afterAll(() => admin?.close());

beforeEach(() => deps.db.bundle.deleteMany());

const open = (path: string) => openEmbedded(page, { appUrl: admin.appUrl, path });
const buttonOf = (name: string) => app.getByRole("button", { name, exact: true }).first();
const buttonIn = (title: string, name: string) =>
  app.getByRole("listitem").filter({ hasText: title }).getByRole("button", { name });
const press = (name: string) => buttonOf(name).click();
const pressOf = (name: string, title: string) => buttonIn(title, name).click();
const mark = (title: string) => app.getByRole("checkbox", { name: title }).first().check({ force: true });
const isMarked = (title: string) => app.getByRole("checkbox", { name: title }).first().isChecked();
/** Adds a bundle of the first product and another one. */
const add = (other: number, status: string) =>
  addBundle(deps, [variants[0]!, variants[other - 1]!], { status });
const readStatuses = async (ids: readonly string[]) => {
  const bundles = await deps.db.bundle.findMany({ where: { id: { in: [...ids] } } });
  const statusOf = new Map(bundles.map(({ id, status }) => [id, status]));
  return ids.map((id) => statusOf.get(id));
};

it.each([
  ["cancelled", "No suggestions yet", "Find bundles now"],
  ["failed", "No suggestions yet", "Find bundles now"],
  ["running", "Looking for bundles", "See how the search is going"],
  ["succeeded", "Nothing to decide", "See what was found"],
])("an empty list shows the state of the search (%s) and the next step", async (status, title, action) => {
  const { id } = await deps.db.run.create({ data: { shop: SHOP, cutoffAt: new Date(), status } });
  await open("/app/suggestions");
  await app.getByRole("heading", { name: title }).waitFor();
  await app
    .getByRole("button", { name: action })
    .or(app.getByRole("link", { name: action }))
    .waitFor();
  await deps.db.run.delete({ where: { id } });
});

describe("a marked bundle hidden by a search", () => {
  it("is not decided with the visible ones, and comes back without its mark", async () => {
    const [hidden, shown] = [await add(2, "proposed"), await add(3, "proposed")];
    await open("/app/suggestions");
    await mark("Product 1 + Product 2");
    await mark("Product 1 + Product 3");
    await app.getByText("2 selected").first().waitFor();

    await press("Search and filter");
    const search = app.getByLabel("Search by product");
    await search.fill("Product 3");
    await app.getByText("Product 1 + Product 2").first().waitFor({ state: "hidden" });
    expect(await isMarked("Product 1 + Product 3")).toBe(true);
    await press("Approve");
    const dialog = app.getByRole("dialog");
    await dialog.frameLocator("iframe").getByText("Right now, none of them has to wait.").waitFor();
    await dialog.getByRole("button", { name: "Approve 1 bundle" }).click();
    await page.locator("#toasts").getByText("Approved 1 bundle").waitFor();
    expect(await readStatuses([hidden, shown])).toEqual(["proposed", "approved"]);

    await search.fill("");
    await app.getByText("Product 1 + Product 2").first().waitFor();
    expect(await isMarked("Product 1 + Product 2")).toBe(false);
  });
});

describe("a decision on several bundles", () => {
  it("applies to those that allow it", async () => {
    const [live, paused] = [await add(2, "published"), await add(3, "paused")];
    await open("/app/suggestions?tab=approved");
    await mark("Product 1 + Product 2");
    expect(await buttonOf("Resume").isDisabled()).toBe(true);
    await mark("Product 1 + Product 3");
    await press("Resume");
    const resume = app.getByRole("dialog").getByRole("button", { name: /^Resume \d bundles?$/ });
    await resume.click();
    const toast = page.locator("#toasts").getByText(/^Resumed/);
    await toast.waitFor();
    expect(await toast.innerText()).not.toContain("could not be changed");
    expect(await readStatuses([live, paused])).toEqual(["published", "approved"]);
  });
});

describe("a marked bundle that is decided alone", () => {
  it("comes back without its mark", async () => {
    await add(2, "proposed");
    await add(3, "proposed");
    await open("/app/suggestions");
    await mark("Product 1 + Product 2");
    await pressOf("Reject", "Product 1 + Product 2");
    await app.getByText("Product 1 + Product 2").first().waitFor({ state: "hidden" });
    await page.locator("#toasts").getByRole("button", { name: "Undo" }).click();
    await page.locator("#toasts").getByText("Undid 1 bundle").waitFor();
    await app.getByText("Product 1 + Product 2").first().waitFor();
    expect(await isMarked("Product 1 + Product 2")).toBe(false);
  });
});

describe("several bundles changed at once", () => {
  it("get the typed values, and keep the values of empty fields", async () => {
    const ids = await Promise.all([2, 3].map((other) => add(other, "proposed")));
    await open("/app/suggestions");
    await mark("Select all");
    await press("Change");
    const dialog = app.getByRole("dialog");
    await dialog.frameLocator("iframe").getByLabel("Discount").fill("7");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.locator("#toasts").getByText("Changed 2 bundles").waitFor();
    expect(await deps.db.bundle.findMany({ where: { id: { in: ids } } })).toMatchObject(
      ids.map(() => ({ discountRatio: 0.07, status: "proposed", endsAt: null })),
    );
    await dialog.waitFor({ state: "hidden" });
    expect(await isMarked("Product 1 + Product 2")).toBe(false);
  });

  it("stay marked with the typed values after a refusal, with the reason until it is corrected", async () => {
    const id = await add(2, "proposed");
    await open("/app/suggestions");
    await mark("Select all");
    await press("Change");
    const dialog = app.getByRole("dialog");
    const asked = dialog.frameLocator("iframe");
    await asked.getByLabel("Discount").fill("95");
    await dialog.getByRole("button", { name: "Save" }).click();
    await asked.getByRole("alert").getByText("90").waitFor();
    expect(await asked.getByLabel("Discount").inputValue()).toBe("95");
    expect(await isMarked("Product 1 + Product 2")).toBe(true);

    await asked.getByLabel("Discount").fill("7");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.locator("#toasts").getByText("Changed 1 bundle").waitFor();
    expect(await deps.db.bundle.findUniqueOrThrow({ where: { id } })).toMatchObject({ discountRatio: 0.07 });
  });
});

describe("a dialog that is closed before its answer arrives", () => {
  afterEach(() => page.unrouteAll());

  it("has its answer shown in a toast, and none in a later dialog", async () => {
    await add(2, "proposed");
    await open("/app/suggestions");
    const held: (() => void)[] = [];
    await page.route(
      (url) => url.pathname === "/app/suggestions",
      async (route) => {
        if (route.request().method() === "POST") await new Promise<void>((go) => held.push(go));
        await route.continue();
      },
    );
    await mark("Select all");
    const dialog = app.getByRole("dialog");
    const typeIn = (percent: string) => dialog.frameLocator("iframe").getByLabel("Discount").fill(percent);
    await press("Change");
    await typeIn("95");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect.poll(() => held.length).toBe(1);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    held.shift()!();
    await page.locator("#toasts").getByText("At most 90%").waitFor();
    await press("Change");
    await typeIn("7");
    expect(await dialog.frameLocator("iframe").getByRole("alert").textContent()).toBe("");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect.poll(() => held.length).toBe(1);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    held.shift()!();
    await page.locator("#toasts").getByText("Changed 1 bundle").waitFor();
  });
});

describe("the filter by least profit", () => {
  it("keeps the text as typed, even if it is typed slowly", async () => {
    await add(2, "proposed");
    await open("/app/suggestions");
    await press("Search and filter");
    const field = app.getByLabel("Earns at least");
    await field.pressSequentially("10.0");
    // It already applies, as 10, before the last digit is typed.
    await app.getByText("No bundles match").waitFor();
    await field.press("End");
    await field.pressSequentially("5");
    await page.waitForTimeout(1_000);
    expect(await field.inputValue()).toBe("10.05");
  });
});

describe("a decision whose toast outlives the list", () => {
  it("can be undone from another page", async () => {
    const [id] = [await add(2, "proposed"), await add(3, "proposed")];
    await open("/app/suggestions");
    await pressOf("Approve", "Product 1 + Product 2");
    await page.locator("#toasts").getByText("Approved 1 bundle").waitFor();
    // The rows move up once the list is updated, and a row that moves under the pointer does not react.
    await app.getByRole("link", { name: "Product 1 + Product 2" }).waitFor({ state: "hidden" });
    await app.getByRole("link", { name: "Product 1 + Product 3" }).click();
    await app.getByText("Duplicate").waitFor();
    await page.locator("#toasts").getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => readStatuses([id])).toEqual(["proposed"]);
    await app.getByText("Duplicate").waitFor();
  });
});

describe("a list that cannot be loaded", () => {
  const isReading = (url: URL) => url.searchParams.has("_data");
  /** Lets the page's next reading of the list be due. */
  const skipPause = () => page.clock.fastForward(REFRESH_MS);
  beforeAll(() => page.clock.install());
  afterEach(() => page.unrouteAll());

  it("stays unchanged while the app does not answer, and updates once it does", async () => {
    await add(2, "proposed");
    await open("/app/suggestions");
    let asked = 0;
    await page.route("**/readyz/intake", (route) => {
      asked += 1;
      return route.fulfill({ status: 503 });
    });
    await page.route(isReading, (route) => route.abort());
    await add(3, "proposed");
    await expect.poll(() => skipPause().then(() => asked)).toBeGreaterThan(1);
    await app.getByRole("link", { name: "Product 1 + Product 2" }).waitFor();
    await page.unrouteAll();
    await skipPause();
    await app.getByRole("link", { name: "Product 1 + Product 3" }).waitFor();
  });

  it("keeps the values typed to change several bundles, until that dialog is left", async () => {
    await add(2, "proposed");
    await open("/app/suggestions");
    const dialog = app.getByRole("dialog");
    const percent = dialog.frameLocator("iframe").getByLabel("Discount");
    const change = async () => {
      await mark("Select all");
      await press("Change");
    };
    await change();
    await percent.fill("95");
    await page.route(isReading, (route) =>
      route.request().method() === "GET" ? route.fulfill({ status: 502 }) : route.continue(),
    );
    await dialog.getByRole("button", { name: "Save" }).click();
    await app.getByRole("heading", { name: "This page could not be loaded" }).waitFor();
    await page.unrouteAll();
    await skipPause();
    await change();
    expect(await percent.inputValue()).toBe("95");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await press("Change");
    expect(await percent.inputValue()).toBe("");
  });

  it("says so, keeps the navigation, and comes back automatically", async () => {
    await add(2, "proposed");
    await open("/app/suggestions");
    await page.route(isReading, (route) => route.fulfill({ status: 502 }));
    await app.getByRole("button", { name: /^Approved/ }).click();
    await app.getByRole("heading", { name: "This page could not be loaded" }).waitFor();
    await app.getByRole("link", { name: "Home" }).waitFor();
    await page.unrouteAll();
    await skipPause();
    await app.getByRole("heading", { name: "Nothing approved" }).waitFor();
  });
});

describe("a decision that the plan allows only in part", () => {
  it("can be undone for exactly the bundles that were decided", async () => {
    const ids = await Promise.all([2, 3, 4, 5].map((other) => add(other, "rejected")));
    // Each was rejected by hand, and an undo could take that back.
    await deps.db.decision.createMany({
      data: ids.map((bundleId) => ({
        shop: SHOP,
        bundleId,
        decidedBy: "1",
        action: "reject",
        detail: { from: "proposed" },
        decidedAt: new Date(Date.now() - DAY_MS),
      })),
    });
    await open("/app/suggestions?tab=rejected");
    await mark("Select all");
    await press("Approve");
    await app.getByRole("dialog").getByRole("button", { name: "Approve 4 bundles" }).click();
    const toast = page.locator("#toasts");
    await toast.getByText("Approved 3 bundles. 1 could not be changed").waitFor();
    expect((await readStatuses(ids)).filter((status) => status === "approved")).toHaveLength(
      FREE_PLAN_BUNDLES,
    );
    // The refused one is still marked.
    await app.getByText("1 selected").first().waitFor();
    await toast.getByRole("button", { name: "Undo" }).click();
    await toast.getByText("Undid 3 bundles").waitFor();
    expect(await readStatuses(ids)).toEqual(ids.map(() => "rejected"));
  });
});

describe("approved offers that wait", () => {
  it("are listed from the home page's link, until another tab is opened", async () => {
    for (const other of [2, 3, 4]) await add(other, other === 4 ? "proposed" : "approved");
    const reason = { code: "paused.outOfStock", values: { product: "Product 3" } };
    await deps.db.bundle.updateMany({
      where: { title: "Product 1 + Product 3" },
      data: { pausedReason: reason },
    });
    const listed = () => app.locator("a[data-primary-link]").allTextContents();
    await open("/app");
    await app.getByRole("listitem").filter({ hasText: "not shown" }).getByRole("link").click();
    await app.getByText("Product 3 is out of stock").waitFor();
    expect(await listed()).toEqual(["Product 1 + Product 3"]);
    await app.getByLabel("Waiting").selectOption("Approved, waiting");
    await press("To decide (1)");
    await expect.poll(listed).toEqual(["Product 1 + Product 4"]);
    await press("Approved (2)");
    await expect.poll(listed).toHaveLength(2);
  });
});

describe("a saved view", () => {
  it("keeps the typed name after a refusal, until it is saved", async () => {
    const views = Array.from({ length: 20 }, (_, number) => ({
      name: `View ${number}`,
      query: `search=${number}`,
    }));
    await deps.db.savedView.createMany({
      data: views.map((view) => ({ shop: SHOP, ...view })),
    });
    await add(2, "proposed");
    await open("/app/suggestions");
    await press("Search and filter");
    const name = app.getByLabel("Save this view as");
    await name.fill("Kitchen");
    await press("Save view");
    await page.locator("#toasts").getByText("There are 20 views already").waitFor();
    expect(await name.inputValue()).toBe("Kitchen");

    await deps.db.savedView.deleteMany({ where: { shop: SHOP, name: "View 7" } });
    await press("Save view");
    await page.locator("#toasts").getByText("View saved").waitFor();
    await expect.poll(() => name.inputValue()).toBe("");
    await deps.db.savedView.deleteMany({ where: { shop: SHOP } });
  });
});

describe("the keyboard focus", () => {
  const focused = () =>
    page
      .frames()
      .find((frame) => frame.url().startsWith(admin.appUrl))!
      .evaluate(() => document.activeElement?.textContent ?? "");
  const pressByKey = async (name: string, title?: string) => {
    await (title === undefined ? buttonOf(name) : buttonIn(title, name)).focus();
    await page.keyboard.press("Enter");
  };

  it("stays in the list after a decision: on the next row, else the one before, else the message", async () => {
    for (const other of [2, 3, 4]) await add(other, "proposed");
    await open("/app/suggestions");
    const titles = await app.locator("a[data-primary-link]").allTextContents();
    await pressByKey("Reject", titles[1]);
    await expect.poll(focused).toBe(titles[2]);
    await pressByKey("Approve", titles[2]);
    await expect.poll(focused).toBe(titles[0]);
    await pressByKey("Reject", titles[0]);
    await expect.poll(focused).toMatch(/^No suggestions yet/);
  });

  it("moves to the next row after several decisions, or to the first of them if they stay", async () => {
    for (const other of [2, 3, 4]) await add(other, "proposed");
    await open("/app/suggestions");
    const titles = await app.locator("a[data-primary-link]").allTextContents();
    for (const title of titles.slice(0, 2)) await mark(title);
    await pressByKey("Approve");
    await app.getByRole("dialog").getByRole("button", { name: "Approve 2 bundles" }).press("Enter");
    await expect.poll(focused).toBe(titles[2]);

    await open("/app/suggestions?tab=approved");
    const [first] = await app.locator("a[data-primary-link]").allTextContents();
    await mark("Select all");
    await pressByKey("Pause");
    await app.getByRole("dialog").getByRole("button", { name: "Pause 2 bundles" }).press("Enter");
    await expect.poll(focused).toBe(first);
  });

  it("is on the title of an offer's page after the link to it, and after a decision without a next one", async () => {
    await add(2, "proposed");
    await open("/app/suggestions");
    const link = app.locator("a[data-primary-link]").first();
    const title = (await link.textContent())!;
    // The whole page holds the title too, but does not begin with it.
    const isOnTitle = async () => (await focused()).startsWith(title);
    await link.press("Enter");
    await app.getByRole("heading", { level: 1, name: title }).waitFor();
    await expect.poll(isOnTitle).toBe(true);
    await pressByKey("Reject");
    await buttonOf("Reject").waitFor({ state: "detached" });
    await expect.poll(isOnTitle).toBe(true);
    await page.goBack();
    await expect.poll(focused).toMatch(/^Bundles/);
  });

  it("is on the title of Home after a button below it hid itself", async () => {
    await open("/app");
    await pressByKey("Hide the guide");
    await buttonOf("Show the set-up guide").waitFor();
    await expect.poll(focused).toMatch(/^Bundlesmith/);
  });
});

describe("the list with the keyboard alone", () => {
  const key = (name: string) => page.keyboard.press(name);
  const focusedTitle = () =>
    page
      .frames()
      .find((frame) => frame.url().startsWith(admin.appUrl))!
      .evaluate(() =>
        document.activeElement?.matches("a[data-primary-link]") ? document.activeElement.textContent : "",
      );

  it("leaves letters to a text field", async () => {
    const id = await add(2, "proposed");
    await open("/app/suggestions");
    await press("Search and filter");
    await app.getByLabel("Search by product").focus();
    await page.keyboard.type("ar");
    await app.getByText("No bundles match").waitFor();
    expect(await readStatuses([id])).toEqual(["proposed"]);
  });

  it("moves from row to row, approves, rejects and undoes, and lists its keys", async () => {
    for (const other of [2, 3, 4]) await add(other, "proposed");
    await open("/app/suggestions");
    const [first, second, third] = await app.locator("a[data-primary-link]").allTextContents();
    await app.getByRole("checkbox", { name: "Select all" }).focus();
    await key("ArrowDown");
    expect(await focusedTitle()).toBe(first);
    await key("ArrowDown");
    await key("ArrowDown");
    await key("ArrowUp");
    expect(await focusedTitle()).toBe(second);

    await key("a");
    await page.locator("#toasts").getByText("Approved 1 bundle").waitFor();
    await expect.poll(focusedTitle).toBe(third);
    await key("u");
    await page.locator("#toasts").getByText("Undid 1 bundle").waitFor();
    await app.getByText(second!).first().waitFor();
    // Until the list is updated, a key would apply to another row than the focused one.
    await app.locator('[aria-busy="false"]').waitFor();

    await key("r");
    await page.locator("#toasts").getByText("Rejected 1 bundle").waitFor();
    const statuses = (await deps.db.bundle.findMany({ where: { shop: SHOP } })).map(({ status }) => status);
    expect(statuses.sort()).toEqual(["proposed", "proposed", "rejected"]);

    await expect.poll(focusedTitle).toBe(second);
    await key("?");
    await app.getByText("A approves").waitFor();
  });

  it("decides only one row while a key is held down", async () => {
    for (const other of [2, 3, 4]) await add(other, "proposed");
    await open("/app/suggestions");
    const [, second] = await app.locator("a[data-primary-link]").allTextContents();
    await app.getByRole("checkbox", { name: "Select all" }).focus();
    await key("ArrowDown");
    await page.keyboard.down("r");
    await page.locator("#toasts").getByText("Rejected 1 bundle").waitFor();
    await expect.poll(focusedTitle).toBe(second);
    await app.locator('[aria-busy="false"]').waitFor();
    await page.keyboard.down("r");
    await page.keyboard.up("r");
    // A decision of the repeated key would have been sent by the time the keys are listed.
    await key("?");
    await app.getByText("A approves").waitFor();
    expect(await app.locator('[aria-busy="true"]').count()).toBe(0);
    const statuses = (await deps.db.bundle.findMany({ where: { shop: SHOP } })).map(({ status }) => status);
    expect(statuses.sort()).toEqual(["proposed", "proposed", "rejected"]);
  });
});

describe("a suggestion that cannot be shown today", () => {
  it("is listed below the others, under its own heading, with its day", async () => {
    const [later, sooner] = [await add(2, "proposed"), await add(3, "proposed")];
    await deps.db.bundle.update({
      where: { id: later },
      data: { startsAt: new Date("2099-01-05T12:00:00Z"), expectedExtraMarginMinor: 900_000 },
    });
    await open("/app/suggestions");
    const rows = await app.getByRole("listitem").allTextContents();
    expect(rows[1]).toContain("Product 1 + Product 3");
    expect(rows[2]).toContain("For later");
    expect(rows[3]).toMatch(/Product 1 \+ Product 2.*From Jan 5, 2099/);
    expect(await readStatuses([sooner])).toEqual(["proposed"]);
  });
});

describe("an outdated list", () => {
  // Before its first run a list is read again every few seconds, and would not stay outdated.
  beforeAll(() => deps.db.run.create({ data: { shop: SHOP, cutoffAt: new Date(), status: "succeeded" } }));
  afterAll(() => deps.db.run.deleteMany());

  it("asks before a decision overrides a colleague's, and names the bundles that it leaves out", async () => {
    const [first, second] = [await add(2, "proposed"), await add(3, "proposed")];
    const approveElsewhere = (bundleId: string) =>
      decideBundle(deps, { shop: SHOP, bundleId, decision: "approve", decidedBy: "7", now: new Date() });
    await open("/app/suggestions");
    await approveElsewhere(first);
    await pressOf("Reject", "Product 1 + Product 2");
    const dialog = app.getByRole("dialog", { name: "Already decided" });
    await dialog.frameLocator("iframe").getByText("Approved (Staff member 7,").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    expect(await readStatuses([first])).toEqual(["approved"]);

    const third = await add(4, "proposed");
    await open("/app/suggestions");
    await approveElsewhere(second);
    await mark("Select all");
    await press("Reject");
    await app.getByRole("dialog").getByRole("button", { name: "Reject 2 bundles" }).click();
    await app.getByText("1 bundle had already been decided and was left out").waitFor();
    await app.getByText("Product 1 + Product 3. It has already been decided: Approved").waitFor();
    expect(await readStatuses([second, third])).toEqual(["approved", "rejected"]);
  });

  it("changes only the bundles that nobody else has changed, and names the others", async () => {
    const [first, second] = [await add(2, "proposed"), await add(3, "proposed")];
    await open("/app/suggestions");
    const elsewhere = { shop: SHOP, bundleId: first, decidedBy: "7", now: new Date() };
    await editBundle(deps, { ...elsewhere, changes: { discountRatio: 0.15 } });
    await mark("Select all");
    await press("Change");
    const dialog = app.getByRole("dialog");
    await dialog.frameLocator("iframe").getByLabel("Discount").fill("7");
    await dialog.getByRole("button", { name: "Save" }).click();
    await app.getByText("1 bundle had already been changed and was left out").waitFor();
    await app
      .getByText("Product 1 + Product 2. In the meantime: Changed: discount 10% → 15% (Staff member 7")
      .waitFor();
    const rows = await deps.db.bundle.findMany({ where: { id: { in: [first, second] } } });
    expect([first, second].map((id) => rows.find((row) => row.id === id)!.discountRatio)).toEqual([
      0.15, 0.07,
    ]);
  });

  it("carries out a decision that the merchant insists on", async () => {
    const id = await add(2, "proposed");
    await open("/app/suggestions");
    await decideBundle(deps, {
      shop: SHOP,
      bundleId: id,
      decision: "approve",
      decidedBy: "7",
      now: new Date(),
    });
    await pressOf("Reject", "Product 1 + Product 2");
    await app.getByRole("dialog").getByRole("button", { name: "Reject anyway" }).click();
    await expect.poll(() => readStatuses([id])).toEqual(["rejected"]);
  });

  it("refuses to approve unread terms, even if the merchant insists", async () => {
    const id = await add(2, "proposed");
    await open("/app/suggestions");
    const other = { shop: SHOP, bundleId: id, decidedBy: "7", now: new Date() };
    expect(await editBundle(deps, { ...other, changes: { discountRatio: 0.4 } })).toMatchObject({ ok: true });
    await decideBundle(deps, { ...other, decision: "reject" });
    await pressOf("Approve", "Product 1 + Product 2");
    await app.getByRole("dialog").getByRole("button", { name: "Approve anyway" }).click();
    await page.locator("#toasts").getByText("Its terms or products have changed").waitFor();
    expect(await readStatuses([id])).toEqual(["rejected"]);
  });
});

/** Bundles of a gift shop, with the titles of their products and the expected gain in 28 days. */
const GIFTS = [
  { titles: ["REGENCY CAKESTAND 3 TIER", "ROSES REGENCY TEACUP AND SAUCER"], value: 4_100, low: 3_900 },
  { titles: ["REGENCY CAKESTAND 3 TIER", "REGENCY TEAPOT ROSES"], value: 1_400, low: -900 },
  { titles: ["SET OF 3 CAKE TINS PANTRY DESIGN", "JAM MAKING SET WITH JARS"], value: 480, low: -2_000 },
  { titles: ["RED RETROSPOT CAKE STAND", "SET/20 RED RETROSPOT PAPER NAPKINS"], value: 128_700, low: -9_000 },
];

describe.each(LOCALES)("the list in the language %s", (locale) => {
  it("has no barrier and nothing beyond its edge at any width, with several rows marked", async () => {
    const anchors = [0, 0, 2, 4];
    for (const [at, { titles, value, low }] of GIFTS.entries()) {
      const parts = titles.map((title, part) => ({
        ...variants[anchors[at]! + (part && at === 1 ? 3 : part)]!,
        title,
      }));
      const id = await addBundle(deps, parts, { status: "proposed", expectedExtraMarginMinor: value });
      const range = { value, low, high: 3 * value };
      const orders = { value: 9, low: 7, high: 11 };
      await deps.db.bundle.update({
        where: { id },
        data: {
          title: titles.join(" + "),
          expected: {
            ordersAnyway: orders,
            ordersWithOffer: orders,
            extraMarginMinor: range,
            extraRevenueMinor: range,
          },
          ...(at === 3 ? { startsAt: new Date("2099-01-05T12:00:00Z") } : {}),
        },
      });
    }
    const frame = await open(`/app/suggestions?locale=${locale}`);
    await app.getByRole("checkbox").nth(1).check({ force: true });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 1_000 });
      await keepWholePage(page, frame, { name: `suggestion-list/${locale}-${width}`, width });
      expect(await findBarriers(frame)).toEqual([]);
      expect(await measureOverflow(frame)).toBe(0);
      expect(await findCutTexts(frame)).toEqual([]);
    }
  });
});

it("meets no script error", () => expect(admin.problems).toEqual([]));
