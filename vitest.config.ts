import { defineConfig } from "vitest/config";

/** Unit tests need nothing; the others share one PostgreSQL and one Redis that the set-up starts and stops. */
export default defineConfig({
  test: {
    reporters: ["default", "./tests/setup/closing-line.ts"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.{ts,tsx}"],
          setupFiles: ["tests/setup/fail-on-console-error.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "services",
          include: ["tests/{integration,contract,browser}/**/*.test.ts"],
          globalSetup: ["tests/setup/global-services.ts"],
          setupFiles: ["tests/setup/fail-on-console-error.ts"],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
