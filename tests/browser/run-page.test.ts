import type { FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBundleShop, SHOP } from "#tests/factories/bundle-shop.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { openAdminInChromium, type AdminInChromium } from "./admin-in-chromium.ts";
import { findBarriers, keepWholePage, measureOverflow, openEmbedded, WIDTHS } from "./embedded-pages.ts";

/** Typical losses of a network: errors that fall by a few hundredths. */
const LOSSES = { product: [0.2911, 0.2871, 0.2853, 0.2846, 0.2845] };
/** Share of the chart's height that such a fall must take to be visible. */
const SEEN = 0.25;

const deps = await openTestDeps();
let admin: AdminInChromium;
let page: Page;
let app: FrameLocator;
let runId: string;

beforeAll(async () => {
  const { state } = await openBundleShop(deps);
  const run = { shop: SHOP, cutoffAt: new Date(), status: "succeeded", report: { lossesByTask: LOSSES } };
  runId = (await deps.db.run.create({ data: run })).id;
  admin = await openAdminInChromium(deps, state);
  ({ page, app } = admin);
  await admin.enter();
});

afterAll(() => admin?.close());

describe.each(WIDTHS)("the training chart, at a width of %d pixels", (width) => {
  it("makes small falls visible, and lists the errors themselves in the table", async () => {
    await page.setViewportSize({ width, height: 1_000 });
    const frame = await openEmbedded(page, { appUrl: admin.appUrl, path: `/app/runs/${runId}` });
    const lines = app.locator("[data-chart] polyline");
    await lines.first().waitFor({ state: "attached" });
    // The drawing's own height is 100, however it is stretched.
    const falls = await lines.evaluateAll((paths) =>
      (paths as SVGGraphicsElement[]).map((path) => path.getBBox().height / 100),
    );
    expect(falls).toHaveLength(1);
    expect(falls[0]).toBeGreaterThan(SEEN);

    await app.getByText("View as a table").click();
    await app.getByRole("row", { name: "5 0.2845" }).waitFor();
    await app.getByRole("row", { name: "1 0.2911" }).waitFor();
    await keepWholePage(page, frame, { name: `run-page/${width}`, width });
    expect(await findBarriers(frame)).toEqual([]);
    expect(await measureOverflow(frame)).toBe(0);
  });
});

it("meets no script error", () => expect(admin.problems).toEqual([]));
