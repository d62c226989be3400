import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";

/** Those before were written before the rule of expand and contract, and no fleet ran on them. */
const FIRST_CHECKED = "20261127164000";
/** Of no matter to a fleet that runs: instants are in UTC, Prisma runs a migration once, its address says how long to wait. */
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

// Its program is not there for every machine.
it.skipIf(squawk("--version").status !== 0)(
  "every migration lets the processes of a fleet go on beside it",
  () => {
    expect(files.length).toBeGreaterThan(0);
    const { stdout, status } = squawk(`--exclude=${PASSED_OVER.join(",")}`, ...files);
    expect(stdout).toContain("Found 0 issues");
    expect(status).toBe(0);
  },
);
