import type { Frame, FrameLocator, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addBundle, openBundleShop } from "#tests/factories/bundle-shop.ts";
import { keepScreenshot } from "#tests/setup/screenshots.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { openAdminInChromium, type AdminInChromium } from "./admin-in-chromium.ts";
import { findBarriers, measureOverflow, openEmbedded, WIDTHS } from "./embedded-pages.ts";

const BUNDLES = 3;
/** Share of the longest question, the erasure, that must be visible at once on a phone. */
const MOSTLY = 0.8;

const deps = await openTestDeps();
let admin: AdminInChromium;
let page: Page;
let app: FrameLocator;
let dialog: Locator;
let question: FrameLocator;

beforeAll(async () => {
  const { state, variants } = await openBundleShop(deps, { products: 4 });
  for (let last = 1; last <= BUNDLES; last++)
    await addBundle(deps, [variants[0]!, variants[last]!], { status: "proposed" });
  admin = await openAdminInChromium(deps, state);
  ({ page, app } = admin);
  dialog = app.getByRole("dialog");
  question = dialog.frameLocator("iframe");
  await admin.enter();
});

afterAll(() => admin?.close());

beforeEach(() => page.setViewportSize({ width: 1280, height: 1_000 }));

const open = (path: string) => openEmbedded(page, { appUrl: admin.appUrl, path });
const press = (name: string) => app.getByRole("button", { name, exact: true }).first().click();

interface Asked {
  readonly path: string;
  /** Marks the rows that the question needs. */
  readonly mark?: () => Promise<void>;
  readonly ask: () => Promise<void>;
  readonly title: string;
}

const markAll = () =>
  app
    .getByRole("checkbox", { name: /select all/i })
    .first()
    .check({ force: true });

/** The questions, by what they are about. */
const ASKED: Readonly<Record<string, Asked>> = {
  "the decision on several bundles": {
    path: "/app/suggestions",
    title: `Reject ${BUNDLES} bundles?`,
    mark: markAll,
    ask: () => press("Reject"),
  },
  "what is to be changed of several bundles": {
    path: "/app/suggestions",
    title: `Change ${BUNDLES} bundles`,
    mark: markAll,
    ask: () => press("Change"),
  },
  "the pause of all offers": {
    path: "/app/settings",
    title: "Pause all offers?",
    ask: () => press("Pause all offers"),
  },
  "the switch of publishing": {
    path: "/app/settings",
    title: "Remove everything from the shop?",
    ask: () => press("Remove everything from the shop"),
  },
  "the erasure of the history": {
    path: "/app/privacy",
    title: "Erase the history of this shop?",
    ask: () => press("Erase the history"),
  },
};

describe.each(Object.keys(ASKED))("asking about %s", (name) => {
  const { path, mark, ask, title } = ASKED[name]!;
  const isAskedNoMore = () => dialog.waitFor({ state: "hidden" });

  it("has no barrier and fits at every width, with most of its text visible at once", async () => {
    const frame = await open(path);
    await mark?.();
    await ask();
    await app.getByRole("dialog", { name: title }).waitFor();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 1_000 });
      await expect.poll(() => measureShown(frame.childFrames()[0]!)).toBeGreaterThan(MOSTLY);
      await keepScreenshot(page, `ask-modals/${name}-${width}`);
      expect(await findBarriers(frame)).toEqual([]);
      expect(await measureOverflow(frame)).toBe(0);
      expect(await measureOverflow(frame.childFrames()[0]!)).toBe(0);
    }
  });

  it("closes with Escape, from a button and from the text, and opens again in its initial state", async () => {
    await open(path);
    await mark?.();
    await ask();
    await dialog.getByRole("button", { name: "Cancel" }).focus();
    await page.keyboard.press("Escape");
    await isAskedNoMore();

    await ask();
    await app.getByRole("dialog", { name: title }).waitFor();
    await question.locator("body").click();
    await page.keyboard.press("Escape");
    await isAskedNoMore();
    await ask();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await isAskedNoMore();
    expect([
      await deps.db.decision.count(),
      await deps.db.erasure.count(),
      await deps.db.bundle.count({ where: { status: "proposed" } }),
    ]).toEqual([0, 0, BUNDLES]);
  });
});

describe("with the keyboard alone", () => {
  it("the focus moves into the question and back to its opener", async () => {
    await open("/app/privacy");
    const opener = app.getByRole("button", { name: "Erase the history" });
    await opener.focus();
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it("the erasure can be confirmed only while its box is ticked, and the box is empty when it reopens", async () => {
    await open("/app/privacy");
    await press("Erase the history");
    const confirm = dialog.getByRole("button", { name: "Erase permanently" });
    const box = question.getByRole("checkbox");
    expect(await confirm.isDisabled()).toBe(true);
    await box.focus();
    await page.keyboard.press("Space");
    await expect.poll(() => confirm.isEnabled()).toBe(true);
    await page.keyboard.press("Space");
    await expect.poll(() => confirm.isDisabled()).toBe(true);
    await page.keyboard.press("Space");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });

    await press("Erase the history");
    expect(await box.isChecked()).toBe(false);
    expect(await confirm.isDisabled()).toBe(true);
    await box.focus();
    await page.keyboard.press("Space");
    // Past Cancel, which is between the box and the confirming button.
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => deps.db.erasure.count()).toBe(1);
    await dialog.waitFor({ state: "hidden" });
  });

  it("meets no script error", () => expect(admin.problems).toEqual([]));
});

/** Share of the question that is visible before scrolling; 1 when it does not scroll. */
function measureShown(frame: Frame): Promise<number> {
  return frame.evaluate(() => Math.min(1, window.innerHeight / document.body.scrollHeight));
}
