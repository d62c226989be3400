import axe from "axe-core";
import type { Frame, Page } from "playwright-core";
import { KEEPS_SCREENSHOTS, keepScreenshot } from "#tests/setup/screenshots.ts";

export const WIDTHS = [1280, 390] as const;
/** Window height that the admin page around the frame needs, in pixels. */
const ADMIN_HEIGHT = 160;
const MOST_HEIGHT = 4_000;

/** All merchant pages, with an existing bundle and run. */
export function listPages({
  bundleId,
  runId,
}: {
  bundleId: string;
  runId: string;
}): Readonly<Record<string, string>> {
  return {
    home: "/app",
    suggestions: "/app/suggestions",
    approved: "/app/suggestions?tab=approved",
    "no-rejected": "/app/suggestions?tab=rejected",
    bundle: `/app/suggestions/${bundleId}`,
    results: "/app/results",
    learning: "/app/runs",
    run: `/app/runs/${runId}`,
    automation: "/app/automation",
    models: "/app/models",
    settings: "/app/settings",
    plan: "/app/plan",
    privacy: "/app/privacy",
    activity: "/app/activity",
    help: "/app/help",
    tour: "/app/tour",
    failed: "/app/jobs",
    missing: "/app/suggestions/7d8f2c8e-7d6d-4c55-9a64-0c4b3fd2b8aa",
  };
}

/** Opens one of the app's pages as the admin does and waits until it reacts to clicks. */
export async function openEmbedded(
  page: Page,
  { appUrl, path }: { appUrl: string; path: string },
): Promise<Frame> {
  const home = new URL(page.url());
  await page.goto(`${home.origin}${/^\/store\/[^/]+\/apps\/[^/]+/.exec(home.pathname)![0]}${path}`);
  await page.frameLocator("#app").locator(".Polaris-Page").waitFor();
  const frame = page.frames().find((candidate) => candidate.url().startsWith(appUrl))!;
  // React has hydrated the page once its elements carry React's own keys.
  await frame.waitForFunction(() =>
    Object.keys(document.querySelector(".Polaris-Page") ?? {}).some((key) => key.startsWith("__react")),
  );
  return frame;
}

/** Rules of axe-core that the page breaks, with the elements. Includes the frame of an open modal. */
export async function findBarriers(frame: Frame): Promise<string[]> {
  for (const part of [frame, ...frame.childFrames()]) await part.evaluate(axe.source);
  const { violations } = await frame.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run({ resultTypes: ["violations"] }),
  );
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
  );
}

/** Pixels by which the page is wider than its window. */
export async function measureOverflow(frame: Frame): Promise<number> {
  return frame.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Texts beyond the right edge of the page that cannot be scrolled into view. */
export async function findCutTexts(frame: Frame): Promise<string[]> {
  return frame.evaluate(() => {
    const edge = document.documentElement.clientWidth;
    const isScrolled = (element: Element | null): boolean =>
      element !== null &&
      element !== document.body &&
      (/auto|scroll/.test(getComputedStyle(element).overflowX) || isScrolled(element.parentElement));
    return [...document.querySelectorAll("main *")]
      .filter(
        (element) =>
          [...element.childNodes].some(
            ({ nodeType, textContent }) => nodeType === 3 && textContent?.trim(),
          ) &&
          element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
          element.getBoundingClientRect().right > edge + 1 &&
          !isScrolled(element),
      )
      .map((element) => element.textContent.trim().slice(0, 80));
  });
}

/** Saves a screenshot of the whole page if screenshots are on. */
export async function keepWholePage(
  page: Page,
  frame: Frame,
  { name, width }: { name: string; width: number },
): Promise<void> {
  if (!KEEPS_SCREENSHOTS) return;
  const height = await frame.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.min(MOST_HEIGHT, height + ADMIN_HEIGHT) });
  await keepScreenshot(page, name);
}
