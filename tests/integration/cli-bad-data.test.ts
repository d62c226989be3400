import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const HEADER = "order_id,ts,sku,title,qty,unit_price";
let folder: string;

async function run(command: "forecast" | "suggest", log: string | Uint8Array) {
  const path = join(folder, "orders.csv");
  await writeFile(path, log);
  const child = spawn(process.execPath, [`jobs/cli/${command}.ts`, "--orders", path], {
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

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundlesmith-bad-data-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(["forecast", "suggest"] as const)("%s", (command) => {
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

  it.each([
    ["one order", toLog([row(1, "a"), row(1, "b")])],
    ["one product", toLog(orders(50, () => ["a"]))],
    ["dates in the future", toLog([...several, `f,2199-01-01T10:00:00,p0,Late,1,5.00`])],
    ["duplicate order ids and lines", toLog([...several, ...several])],
    ["products without titles", toLog(several.map((line) => line.replace(/Title p\d/, "")))],
    [
      "an order of 1,000 lines",
      toLog([...several, ...Array.from({ length: 1_000 }, (_, n) => row("big", `b${n}`))]),
    ],
    [
      "broken UTF-8",
      Buffer.concat([
        Buffer.from(`${toLog(several)}\nx,2026-01-02T10:00:00,p0,`),
        Buffer.from([0xff, 0xc3, 0x28]),
        Buffer.from(",1,5.00"),
      ]),
    ],
  ])("gives a result, and no stack, for %s", async (_, log) => {
    const { code, stdout, stderr } = await run(command, log);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(0);
    if (command === "suggest") expect(JSON.parse(stdout).bundles).toEqual([]);
    else expect(stdout.split("\n").length).toBeGreaterThan(1);
  });
});

describe("suggest", () => {
  it("learns nothing from 100,000 identical orders: nobody lacks a part", { timeout: 60_000 }, async () => {
    const { code, stdout } = await run("suggest", toLog(orders(100_000, () => ["a", "b"])));
    expect(code).toBe(0);
    expect(JSON.parse(stdout).bundles).toEqual([]);
  });
});
