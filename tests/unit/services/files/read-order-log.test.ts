import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readOrderLog } from "#app/services/files/read-order-log.server.ts";

const HEADER = "order_id,ts,sku,title,qty,unit_price";
const row = (order: number | string, title = "Soap", quantity = "1") =>
  `${order},2026-01-01,A1,${title},${quantity},2.50`;
const rows = (count: number) => Array.from({ length: count }, (_, order) => row(order));
let folder: string;

async function read(content: string | Uint8Array) {
  const path = join(folder, "orders.csv");
  await writeFile(path, content);
  return readOrderLog(path);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundlesmith-order-log-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a row of an order log is reported by its first line", () => {
  it.each([
    ["\n", "with line breaks in cells"],
    ["\r\n", "with Windows line breaks in cells"],
  ])("for line breaks %j: %s", async (eol) => {
    const spread = `"a soap${eol}of two${eol}or three lines"`;
    const log = [HEADER, row(1, spread), "", row(2, spread, "some"), "", "", row(3), row(4, "Soap", "few")];
    const { lines, rejected } = await read(log.join(eol));
    expect(lines.count).toBe(2);
    expect(rejected.map(({ line }) => line)).toEqual([6, 12]);
  });

  it("if its quote is never closed", async () => {
    await expect(read([HEADER, ...rows(5), "", row(9, '"Soap'), ...rows(7)].join("\n"))).rejects.toThrow(
      /orders\.csv line 8: a quote is opened and never closed/,
    );
    await expect(read([HEADER, ...rows(5), row(9, '"Soap'), ...rows(60_000)].join("\n"))).rejects.toThrow(
      /orders\.csv line 7: a row of more than 1 MiB; most likely a quote is opened/,
    );
  });

  it("and refused if a quote many rows below closes it", async () => {
    const log = [HEADER, ...rows(5), row(9, '"Soap'), ...rows(80), row("x", '"Soap"'), ...rows(3)];
    const { lines, rejectedCount, rejected } = await read(log.join("\n"));
    expect(lines.count).toBe(8);
    expect(rejectedCount).toBe(1);
    expect(rejected).toEqual([{ line: 7, reason: { code: "row.runaway", values: { line: 88 } } }]);
  });
});

it.each([
  ["\r\n", "\n"],
  ["\n", "\r\n"],
  ["\r", "\n"],
])("an order log is read completely with %j after the header and %j after its rows", async (first, eol) => {
  const all = [...rows(3), row(3, "Soap", '"2"').replace("2.50", '"2.50"')];
  const { lines, rejectedCount } = await read(HEADER + first + all.join(eol) + eol);
  expect([lines.count, rejectedCount]).toEqual([4, 0]);
});

describe("rows before the first one with a currency", () => {
  const withCurrency = (currencies: readonly string[]) =>
    [`${HEADER},currency`, ...currencies.map((currency, order) => `${row(order)},${currency}`)].join("\n");

  it("are refused if that currency has other decimals than assumed", async () => {
    const { lines, currency, rejectedCount, rejected } = await read(withCurrency(["", "", "JPY", "", "jpy"]));
    expect(currency).toBe("JPY");
    expect([...lines].map(({ orderId }) => orderId)).toEqual(["2", "3", "4"]);
    expect(rejectedCount).toBe(2);
    expect(rejected).toEqual([{ line: 2, reason: { code: "row.noCurrency", values: { currency: "JPY" } } }]);
  });

  it("are used if that currency has the same decimals", async () => {
    const { lines, currency, rejectedCount } = await read(withCurrency(["", "", "EUR"]));
    expect([currency, lines.count, rejectedCount]).toEqual(["EUR", 3, 0]);
  });
});

describe("order log", () => {
  it("that is not text is refused with the place of its first zero byte", async () => {
    const log = Buffer.from([HEADER, row(1), "\0"].join("\n"));
    await expect(read(log)).rejects.toThrow(`text was expected: the byte at ${log.length - 1} is zero`);
    await expect(read(gzipSync(log))).rejects.toThrow(`the byte at ${log.length - 1} is zero`);
  });

  it.each([
    ["plain", (text: string) => Buffer.from(text)],
    ["gzip", (text: string) => gzipSync(text)],
  ])("can be read from a pipe, %s", async (_, pack) => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const [{ lines }] = await Promise.all([
      readOrderLog(pipe),
      writeFile(pipe, pack([HEADER, ...rows(4_000)].join("\n"))),
    ]);
    await rm(pipe);
    expect(lines.count).toBe(4_000);
  });
});
