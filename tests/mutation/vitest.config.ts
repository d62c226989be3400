import { defineConfig } from "vitest/config";

/** The tests for mutants: only those of pure code, because each mutant takes a run. */
export default defineConfig({
  test: {
    include: ["tests/unit/{domain,services,pages,locales}/**/*.test.ts"],
    // Reads sources as text, and these contain the mutants.
    exclude: ["tests/unit/domain/no-sentences.test.ts"],
    setupFiles: ["tests/setup/fail-on-console-error.ts", "tests/setup/property-seed.ts"],
    testTimeout: 30_000,
  },
});
