import { existsSync } from "node:fs";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that run for ten seconds and more on two cores, the longest first. */
const LONG = [
  "integration/cli/demo-command",
  "unit/learning/completion/train-behaviour",
  "browser/merchant-pages",
  "integration/cli/bad-data",
  "browser/whole-loop",
  "integration/runs/run-loop",
  "integration/runs/training-resumed",
  "integration/jobs/worker",
  "integration/collect/backfill",
  "integration/privacy/shops-side-by-side",
  "integration/storefront/shopper-in-chromium",
  "integration/storefront/theme-styles",
  "browser/ask-modals",
  "integration/cli/forecast-suggest",
  "integration/cli/files",
  "integration/cli/other-trades",
  "browser/suggestion-list",
  "integration/storefront/other-themes",
  "browser/bundle-page",
  "contract/price-contract",
];

/** Starts the long files first, so that none of them is left to run alone at the end; a fresh clone knows no times. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const moved = LONG.find((name) => !existsSync(`tests/${name}.test.ts`));
    if (moved) throw new Error(`longest-first: no file tests/${moved}.test.ts; say where it is now`);
    const sorted = await super.sort(files);
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((name) => moduleId.endsWith(`/tests/${name}.test.ts`));
      return place < 0 ? LONG.length : place;
    };
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}
