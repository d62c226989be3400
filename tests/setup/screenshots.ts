import { join } from "node:path";
import type { Locator, Page, PageScreenshotOptions } from "playwright-core";

/** Where pictures of what the tests see are kept: nowhere, unless the environment's `SCREENSHOTS` names a folder. */
const FOLDER = process.env["SCREENSHOTS"];
export const KEEPS_SCREENSHOTS = Boolean(FOLDER);

/** Keeps a picture for whoever wants to look at what the tests saw, `SCREENSHOTS=/some/folder npm test`. */
export async function keepScreenshot(
  of: Page | Locator,
  name: string,
  options: PageScreenshotOptions = {},
): Promise<void> {
  if (FOLDER) await of.screenshot({ ...options, path: join(FOLDER, `${name.replaceAll(" ", "-")}.png`) });
}
