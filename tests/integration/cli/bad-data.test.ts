import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { runToEnd } from "#tests/setup/run-to-end.ts";

const HEADER = "order_id,ts,sku,title,qty,unit_price";
const COMMANDS = ["forecast", "suggest", "rank"] as const;
const QUERY = { id: "q", basket: ["p0", "a"] };
let folder: string;

async function run(command: (typeof COMMANDS)[number], log: string | Uint8Array) {
  const path = join(folder, "orders.csv");
  await writeFile(path, log);
  const queries = command === "rank" ? ["--queries", join(folder, "queries.jsonl")] : [];
  return runToEnd(process.execPath, [`jobs/cli/${command}.ts`, "--orders", path, ...queries]);
}

const row = (order: number | string, sku: string, { day = 1, price = "5.00", title = `Title ${sku}` } = {}) =>
  `${order},2026-01-${String(day).padStart(2, "0")}T10:00:00,${sku},${title},1,${price}`;
const toLog = (rows: readonly string[]) => [HEADER, ...rows].join("\n");
const orders = (count: number, skusOf: (order: number) => readonly string[]) =>
  Array.from({ length: count }, (_, order) =>
    skusOf(order).map((sku) => row(order, sku, { day: 1 + (order % 28) })),
  ).flat();
const several = orders(60, (order) => [`p${order % 5}`, `p${(order + 1) % 5}`]);
const returned = "r,2026-01-01T10:00:00,a,Title a,-1,5.00";
/** The other products of `several`, in no order. */
const OTHERS = ["p1", "p2", "p3", "p4"];

const Answer = z.object({ id: z.string(), ranked: z.array(z.string()) });
const Suggested = z.object({
  asOf: z.string(),
  bundles: z.array(z.unknown()),
  refused: z.array(z.unknown()),
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundlesmith-bad-data-"));
  await writeFile(join(folder, "queries.jsonl"), JSON.stringify(QUERY));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * A log and the command's message about it. The same code reads it for all three commands, so each command gets every
 * third log.
 */
const UNUSABLE: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  ["an empty file", "", /empty/],
  ["a header only", HEADER, /no usable row/],
  ["columns of something else", "a,b,c\n1,2,3", /header lacks/],
  ["cells parted by semicolons", toLog(several).replaceAll(",", ";"), /line 1: cells are parted by ";"/],
  ["a header in an empty archive", gzipSync(""), /empty/],
  ["an archive that is cut off", gzipSync(toLog(several)).subarray(0, -20), /damaged or cut off/],
  [
    "bytes of two each",
    Buffer.from(toLog(several), "utf16le"),
    /binary data, text was expected: .* in UTF-8$/m,
  ],
  [
    "a column that is there twice",
    toLog(several).replaceAll("\n", "\nx,").replace(/^/, "SKU,"),
    /line 1: .*"SKU" twice/,
  ],
  ["negative prices only", toLog([row(1, "a", { price: "-5.00" })]), /no usable order: 1 lines .* price/],
  ["returns only", toLog([returned]), /no usable order: 1 lines without a positive quantity/],
  ["a year that is none", toLog([row(1, "a").replace("2026", "0026")]), /no usable row .*is not a date/],
];

it.each(UNUSABLE.map((one, index) => [COMMANDS[index % 3]!, ...one] as const))(
  "%s ends with 2 and one line for %s",
  async (command, _, log, expected) => {
    const { code, stdout, stderr } = await run(command, log);
    expect(stderr).toMatch(expected);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect([code, stdout]).toEqual([2, ""]);
  },
);

const identical = Array.from({ length: 100_000 }, (_, order) => [row(order, "a"), row(order, "p0")]).flat();

/** A log, the products that `rank` ranks (null to skip `rank`), and the number of products forecast. */
const SENSIBLE: readonly (readonly [string, string | Uint8Array, readonly string[] | null, number])[] = [
  ["one order", toLog([row(1, "a"), row(1, "b")]), [], 2],
  ["one product", toLog(orders(50, () => ["a"])), [], 1],
  ["negative prices among others", toLog([...several, row("n", "p0", { price: "-5.00" })]), OTHERS, 5],
  ["a date in the future", toLog([...several, "f,2199-01-01T10:00:00,p0,Late,1,5.00"]), OTHERS, 5],
  ["duplicate order ids and lines", toLog([...several, ...several]), OTHERS, 5],
  ["products without titles", toLog(several.map((line) => line.replace(/Title p\d/, ""))), OTHERS, 5],
  [
    "an order of 1,000 lines",
    toLog([...several, ...Array.from({ length: 1_000 }, (_, n) => row("big", `b${n}`))]),
    OTHERS,
    1_005,
  ],
  [
    "broken UTF-8",
    Buffer.concat([
      Buffer.from(`${toLog(several)}\nx,2026-01-02T10:00:00,p0,`),
      Buffer.from([0xff, 0xc3, 0x28]),
      Buffer.from(",1,5.00"),
    ]),
    OTHERS,
    5,
  ],
  // `suggest` trains on them for as long as `rank` would.
  ["100,000 identical orders", toLog(identical), null, 2],
];

describe.each(SENSIBLE)("of %s", (_, log, ranked, forecast) => {
  if (ranked !== null) {
    it("rank ranks the products with enough data", async () => {
      const { code, stdout, stderr } = await run("rank", log);
      expect(stderr).not.toMatch(/\n\s+at /);
      expect(code).toBe(0);
      const answer = Answer.parse(JSON.parse(stdout));
      expect(answer.id).toBe(QUERY.id);
      expect(answer.ranked.toSorted()).toEqual(ranked);
    });
  }

  it("suggest proposes nothing, because no pair sells together more than by chance, and says so", async () => {
    const { code, stdout, stderr } = await run("suggest", log);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(0);
    const suggested = Suggested.parse(JSON.parse(stdout));
    expect(suggested.bundles).toEqual([]);
    expect(suggested.refused).not.toEqual([]);
    expect(suggested.asOf).toMatch(/^2026-01-/);
  });

  it("forecast gives each product's orders, none below zero or outside its interval", async () => {
    const { code, stdout, stderr } = await run("forecast", log);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(0);
    const rows = stdout.trim().split("\n").slice(1).map((line) => line.split(",")); // prettier-ignore
    expect(rows).toHaveLength(forecast);
    for (const [, , expected, low, high] of rows) {
      expect(Number(low)).toBeGreaterThanOrEqual(0);
      expect(Number(expected)).toBeGreaterThanOrEqual(Number(low));
      expect(Number(high)).toBeGreaterThanOrEqual(Number(expected));
    }
  });
});

describe("suggest of orders of 1,000 lines each", () => {
  it("proposes nothing, and gives their size as the reason", async () => {
    const log = toLog(orders(20, () => Array.from({ length: 1_000 }, (_, n) => `b${n}`)));
    const { code, stdout } = await run("suggest", log);
    expect(code).toBe(0);
    expect(stdout).toMatch(/"bundles": \[\]/);
    expect(stdout).toMatch(/0 of \d+ have them; \d+ hold more and are taken for stock-keeping/);
  });
});

describe("reported in one line next to a sensible result", () => {
  it.each([
    [
      "is a date in the future",
      "f,2199-01-01T10:00:00,p0,Late,1,5.00",
      /^forecast: 1 lines are dated in the future, after 2026-01-28T.*left out\n$/,
    ],
    [
      "is a price below zero",
      row("n", "p0", { price: "-5.00" }),
      /^forecast: 1 lines have no price above zero and were left out\n$/,
    ],
    [
      "is text that is no UTF-8",
      Buffer.concat([
        Buffer.from("x,2026-01-02T10:00:00,p0,"),
        Buffer.from([0xc3, 0x28]),
        Buffer.from(",1,5"),
      ]),
      /^forecast: \S+: 1 rows are not UTF-8 \(the first is line 122\): .*\n$/,
    ],
    [
      "is a price that is none",
      row("n", "p0", { price: "1e308" }),
      /^forecast: \S+: 1 rows not used \(line 122: unit_price "1e308" is not a decimal number.*\n$/,
    ],
  ])("%s", async (_, last, expected) => {
    const log = Buffer.concat([Buffer.from(`${toLog(several)}\n`), Buffer.from(last)]);
    const { code, stderr, stdout } = await run("forecast", log);
    expect(stderr).toMatch(expected);
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(1 + OTHERS.length + 1);
  });
});
