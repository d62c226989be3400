import { existsSync } from "node:fs";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that run for ten seconds and more on two cores, the longest first. */
const LONG = [
  "unit/learning/completion/train-behaviour",
  "integration/cli/demo-command",
  "browser/merchant-pages",
  "browser/merchant-languages",
  "integration/jobs/worker",
  "integration/storefront/other-themes",
  "browser/offers-by-hand",
  "integration/cli/bad-data",
  "contract/price-contract",
  "browser/whole-loop",
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
 * Starts the long files first, so that none of them is left to run alone at the end; a fresh clone knows no times. The
 * others follow project by project, since a process goes on with the next file only if that is of its own project.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const moved = LONG.find((name) => !existsSync(`tests/${name}.test.ts`));
    if (moved) throw new Error(`longest-first: no file tests/${moved}.test.ts; say where it is now`);
    const sorted = await super.sort(files);
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((name) => moduleId.endsWith(`/tests/${name}.test.ts`));
      return place < 0 ? LONG.length : place;
    };
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b) || a.project.name.localeCompare(b.project.name));
  }
}
