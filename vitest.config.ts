import { defineConfig } from "vitest/config";
import { HANGING_AFTER_MS, PATIENCE_MS } from "./tests/setup/patience.ts";

const ofAll = {
  setupFiles: ["tests/setup/fail-on-console-error.ts", "tests/setup/property-seed.ts"],
  testTimeout: HANGING_AFTER_MS,
  hookTimeout: HANGING_AFTER_MS,
  expect: { poll: { timeout: PATIENCE_MS } },
};

/** Unit tests need nothing; the others share one PostgreSQL and one Redis that the set-up starts and stops. */
export default defineConfig({
  test: {
    reporters: ["default", "./tests/setup/closing-line.ts"],
    teardownTimeout: PATIENCE_MS,
    projects: [
      {
        test: {
          ...ofAll,
          name: "unit",
          include: ["tests/unit/**/*.test.{ts,tsx}"],
        },
      },
      {
        test: {
          ...ofAll,
          name: "services",
          include: ["tests/{integration,contract,browser}/**/*.test.ts"],
          globalSetup: ["tests/setup/global-services.ts"],
          fileParallelism: false,
        },
      },
    ],
  },
});
