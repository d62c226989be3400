import { defineConfig } from "vitest/config";
import LongestFirst from "./tests/setup/longest-first.ts";
import { HANGING_AFTER_MS, PATIENCE_MS } from "./tests/setup/patience.ts";

const ofAll = {
  setupFiles: ["tests/setup/fail-on-console-error.ts", "tests/setup/property-seed.ts"],
  testTimeout: HANGING_AFTER_MS,
  hookTimeout: HANGING_AFTER_MS,
  expect: { poll: { timeout: PATIENCE_MS } },
};

/** Tests that train a model, or compute on one of the backends that the machine has. */
const LEARNING = ["tests/unit/learning/**/*.test.ts", "tests/unit/jobs/{backend,open-worker-thread}.test.ts"];

/**
 * All projects run side by side, as many files as the machine has cores. Tests of `unit` need nothing but the packages,
 * those of `learning` nothing more but time; the others share one PostgreSQL and one Redis that the set-up starts and
 * stops, of which each file has databases of its own.
 */
export default defineConfig({
  test: {
    reporters: ["default", "./tests/setup/closing-line.ts"],
    teardownTimeout: PATIENCE_MS,
    maxWorkers: "100%",
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...ofAll,
          name: "unit",
          include: ["tests/unit/**/*.test.{ts,tsx}"],
          exclude: LEARNING,
          isolate: false,
        },
      },
      {
        test: {
          ...ofAll,
          name: "learning",
          include: LEARNING,
        },
      },
      {
        test: {
          ...ofAll,
          name: "services",
          include: ["tests/{integration,contract,browser}/**/*.test.ts"],
          globalSetup: ["tests/setup/global-services.ts"],
          isolate: false,
          // From the start, since Shopify's package keeps the `fetch` that it found.
          execArgv: [`--import=${new URL("./tests/standin/preload.mjs", import.meta.url).href}`],
        },
      },
    ],
  },
});
