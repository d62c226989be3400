import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

const HEADER = "order_id,ts,sku,title,qty,unit_price";
const COMMANDS = ["forecast", "suggest", "rank"] as const;
const QUERY = { id: "q", basket: ["p0", "a"] };
let folder: string;

async function run(command: (typeof COMMANDS)[number], log: string | Uint8Array) {
  const path = join(folder, "orders.csv");
  await writeFile(path, log);
  const queries = command === "rank" ? ["--queries", join(folder, "queries.jsonl")] : [];
  const child = spawn(process.execPath, [`jobs/cli/${command}.ts`, "--orders", path, ...queries], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stdout, stderr };
}

const row = (order: number | string, sku: string, { day = 1, price = "5.00", title = `Title ${sku}` } = {}) =>
  `${order},2026-01-${String(day).padStart(2, "0")}T10:00:00,${sku},${title},1,${price}`;
const toLog = (rows: readonly string[]) => [HEADER, ...rows].join("\n");
const orders = (count: number, skusOf: (order: number) => readonly string[]) =>
  Array.from({ length: count }, (_, order) =>
    skusOf(order).map((sku) => row(order, sku, { day: 1 + (order % 28) })),
  ).flat();
const several = orders(60, (order) => [`p${order % 5}`, `p${(order + 1) % 5}`]);
/** What the five products of `several` are, best first or not. */
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

describe.each(COMMANDS)("%s", (command) => {
  it.each([
    ["an empty file", "", /empty/],
    ["a header only", HEADER, /no usable row/],
    ["columns of something else", "a,b,c\n1,2,3", /header lacks/],
    ["negative prices only", toLog([row(1, "a", { price: "-5.00" })]), /no usable order/],
  ])("ends with 2 and one line for %s", async (_, log, expected) => {
    const { code, stdout, stderr } = await run(command, log);
    expect(stderr).toMatch(expected);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect([code, stdout]).toEqual([2, ""]);
  });
});

/** A log, what `rank` makes of it, and the products that are forecast. */
const SENSIBLE: readonly (readonly [string, string | Uint8Array, readonly string[], number])[] = [
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
  // All that is sold is in the basket that is asked about.
  ["100,000 identical orders", toLog(orders(100_000, () => ["a", "p0"])), [], 2],
];

describe.each(SENSIBLE)("of %s", { timeout: 60_000 }, (_, log, ranked, forecast) => {
  it("rank ranks the products that are known well enough", async () => {
    const { code, stdout, stderr } = await run("rank", log);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(0);
    const answer = Answer.parse(JSON.parse(stdout));
    expect(answer.id).toBe(QUERY.id);
    expect(answer.ranked.toSorted()).toEqual(ranked);
  });

  it("suggest proposes nothing, because nothing sells together more than by chance, and says so", async () => {
    const { code, stdout, stderr } = await run("suggest", log);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(0);
    const suggested = Suggested.parse(JSON.parse(stdout));
    expect(suggested.bundles).toEqual([]);
    expect(suggested.refused).not.toEqual([]);
    expect(suggested.asOf).toMatch(/^2026-01-/);
  });

  it("forecast tells each product's orders, none below zero or out of its interval", async () => {
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

describe("a date in the future", () => {
  it("is told on one line", async () => {
    const { stderr } = await run("forecast", toLog([...several, "f,2199-01-01T10:00:00,p0,Late,1,5.00"]));
    expect(stderr).toMatch(/^forecast: 1 lines are dated in the future, after 2026-01-28T.*left out\n$/);
  });
});
