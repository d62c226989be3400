import { join } from "node:path";
import type { Locator, Page, PageScreenshotOptions } from "playwright-core";

/** Folder for screenshots, from the environment variable `SCREENSHOTS`; undefined saves none. */
const FOLDER = process.env["SCREENSHOTS"];
export const KEEPS_SCREENSHOTS = Boolean(FOLDER);

/** Saves a screenshot if `SCREENSHOTS` is set, as in `SCREENSHOTS=/some/folder npm test`. */
export async function keepScreenshot(
  of: Page | Locator,
  name: string,
  options: PageScreenshotOptions = {},
): Promise<void> {
  if (FOLDER) await of.screenshot({ ...options, path: join(FOLDER, `${name.replaceAll(" ", "-")}.png`) });
}
