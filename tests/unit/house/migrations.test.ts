import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";

/** Migrations before this one predate the expand-and-contract rule, and no fleet ran on them. */
const FIRST_CHECKED = "20261127164000";
/**
 * Rules that do not matter here: instants are in UTC, and `prisma.config.ts` runs a migration as a whole and sets the
 * timeouts.
 */
const PASSED_OVER = [
  "prefer-bigint-over-int",
  "prefer-robust-stmts",
  "prefer-text-field",
  "prefer-timestamp-tz",
  "require-lock-timeout",
  "require-statement-timeout",
];

const files = readdirSync("prisma/migrations")
  .filter((name) => /^\d/.test(name) && name >= FIRST_CHECKED)
  .map((name) => `prisma/migrations/${name}/migration.sql`);
const squawk = (...args: string[]) => spawnSync("node_modules/.bin/squawk", args, { encoding: "utf8" });

// squawk does not exist for every platform.
it.skipIf(squawk("--version").status !== 0)(
  "every migration is safe while the processes of a fleet run",
  () => {
    expect(files.length).toBeGreaterThan(0);
    const { stdout, status } = squawk(`--exclude=${PASSED_OVER.join(",")}`, ...files);
    expect(stdout).toContain("Found 0 issues");
    expect(status).toBe(0);
  },
);
