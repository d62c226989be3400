import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { drawQueries, writeGrownShop } from "#tests/factories/grown-shop.ts";
import { printFigure } from "#tests/bench/bench-data.ts";
import { measureCommand } from "./measure-command.ts";

/**
 * How time and memory of the command line grow with a shop: generated logs of 0.1, 1 and 10 million lines with 2,000
 * to 20,000 products. `--sizes LINES,LINES…` measures other sizes, for example without the largest, which takes a
 * quarter of an hour; `--commands rank` only some of the commands.
 */
const SIZES = "100000,1000000,10000000";
const COMMANDS = "forecast,rank,suggest";
/** The largest size has the largest catalogue; catalogues grow with the square root of sales. */
const productsOf = (lines: number) => Math.round(20_000 * Math.sqrt(lines / 10_000_000));
const QUERIES = 1_000;
/** Time ~ lines^exponent between one size and the next. */
const MOST_EXPONENT = 1.1;
const MOST_SECONDS = 900;
const MOST_MIB = 6 * 1_024;

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: SIZES },
    commands: { type: "string", default: COMMANDS },
  },
  strict: false,
});
const sizes = String(values.sizes).split(",").map(Number);
const commands = (["forecast", "rank", "suggest"] as const).filter((command) =>
  String(values.commands).split(",").includes(command),
);

const folder = mkdtempSync(join(tmpdir(), "bundlesmith-bench-"));
try {
  const last = new Map<string, { lines: number; seconds: number }>();
  for (const lines of sizes) {
    const shop = { lines, products: productsOf(lines), seed: 1 };
    const [orders, queries, out] = ["orders.csv.gz", "queries.jsonl", "out"].map((name) =>
      join(folder, name),
    );
    await writeGrownShop(orders!, shop);
    writeFileSync(queries!, [...drawQueries(shop, QUERIES)].join(""));
    for (const command of commands) {
      const args = ["--orders", orders!, "--out", out!];
      const cost = await measureCommand(
        command,
        command === "rank" ? [...args, "--queries", queries!] : args,
      );
      report(command, shop, cost, last.get(command));
      last.set(command, { lines, seconds: cost.seconds });
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

function report(
  command: string,
  { lines, products }: { lines: number; products: number },
  { seconds, peakMib }: { seconds: number; peakMib: number },
  before: { lines: number; seconds: number } | undefined,
): void {
  const name = `${command}, ${lines / 1e6} million lines, ${products} products`;
  printFigure({ name: `${name}: time`, value: seconds, unit: "s", peer: MOST_SECONDS });
  printFigure({ name: `${name}: peak memory`, value: peakMib, unit: "MiB", peer: MOST_MIB });
  const exponent = before ? Math.log(seconds / before.seconds) / Math.log(lines / before.lines) : 0;
  if (before)
    printFigure({
      name: `${name}: time grows as lines to the power of`,
      value: Number(exponent.toFixed(2)),
      unit: `since ${before.lines / 1e6} million lines`,
      peer: MOST_EXPONENT,
    });
  if (seconds > MOST_SECONDS || peakMib > MOST_MIB || exponent > MOST_EXPONENT) process.exitCode = 1;
}
