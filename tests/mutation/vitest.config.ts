import { defineConfig } from "vitest/config";

/** The tests that judge mutants: those of pure code, since each mutant costs a run. */
export default defineConfig({
  test: {
    include: ["tests/unit/{domain,services,pages,locales}/**/*.test.ts"],
    // Reads sources as text, which are full of mutants here.
    exclude: ["tests/unit/domain/no-sentences.test.ts"],
    setupFiles: ["tests/setup/fail-on-console-error.ts", "tests/setup/property-seed.ts"],
    testTimeout: 30_000,
  },
});
