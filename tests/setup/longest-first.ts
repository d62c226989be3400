import { existsSync } from "node:fs";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take ten seconds or more on two cores, the longest first. */
const LONG = [
  "unit/learning/completion/train-behaviour",
  "integration/cli/demo-command",
  "browser/whole-loop",
  "browser/merchant-languages",
  "integration/jobs/worker",
  "integration/storefront/other-themes",
  "browser/offers-by-hand",
  "integration/cli/bad-data",
  "contract/price-contract",
  "integration/pages/deployment",
  "browser/suggestion-list",
  "browser/ask-modals",
  "integration/privacy/shops-side-by-side",
  "integration/storefront/shopper-in-chromium",
  "integration/pages/web-process",
  "integration/cli/files",
  "integration/cli/rank",
  "integration/runs/training-resumed",
  "browser/bundle-page",
  "integration/storefront/theme-styles",
  "integration/collect/backfill",
  "integration/cli/other-trades",
  "integration/storefront/offer-kinds",
  "unit/extensions/discount-function-properties",
];

/**
 * Starts the long files first, so that none of them runs alone at the end. A fresh clone has no recorded times. The
 * other files follow by project, because a process is reused only for files of the same project.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const moved = LONG.find((name) => !existsSync(`tests/${name}.test.ts`));
    if (moved) throw new Error(`longest-first: no file tests/${moved}.test.ts; update its path in LONG`);
    const sorted = await super.sort(files);
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((name) => moduleId.endsWith(`/tests/${name}.test.ts`));
      return place < 0 ? LONG.length : place;
    };
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b) || a.project.name.localeCompare(b.project.name));
  }
}
