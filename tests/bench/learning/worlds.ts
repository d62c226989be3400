import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { readOptional, readWhole } from "#tests/bench/bench-data.ts";
import { printLastLine, runNode } from "./run-scorer.ts";

/**
 * The true gain of the suggestions in shops whose shoppers are known. `--worlds DIR` is a folder with
 * `make-world.mjs`, which writes such a shop's orders, products and views, and `score-world.mjs`, which knows the
 * gain of each list there; `--seed N` makes other shops, `--world NAME` runs only one.
 */
const LISTS = {
  awareness: 40,
  price: 40,
  confounded: 40,
  season: 40,
  thin: 20,
  launch: 40,
  large: 200,
  menu: 40,
} as const;
const Truth = z.object({ endAt: z.string() });

const worlds = readOptional("--worlds");
if (worlds === null) {
  console.error("worlds: set the folder of their generator with --worlds DIR");
  process.exit(0);
}
const only = readOptional("--world");
const seed = String(readWhole("--seed", 1));
for (const [world, asked] of Object.entries(LISTS)) {
  if (only !== null && only !== world) continue;
  const folder = mkdtempSync(join(tmpdir(), "bundlesmith-world-"));
  try {
    runNode([join(worlds, "make-world.mjs"), "--world", world, "--seed", seed, "--out", folder]);
    const { endAt } = Truth.parse(JSON.parse(readFileSync(join(folder, "truth.json"), "utf8")));
    const [events, out] = [join(folder, "events.csv"), join(folder, "bundles.json")];
    const files = [
      "--orders",
      join(folder, "orders.csv"),
      "--products",
      join(folder, "products.csv"),
      "--out",
      out,
    ];
    const views = existsSync(events) ? ["--events", events] : [];
    runNode(["jobs/cli/suggest.ts", ...files, ...views, "--as-of", endAt, "--top", String(asked)]);
    const score = [join(worlds, "score-world.mjs"), folder, out, "--asked", String(asked)];
    printLastLine(`world ${world}, seed ${seed}`, runNode(score));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
