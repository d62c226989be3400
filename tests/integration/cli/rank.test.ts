import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plantedOrders } from "#tests/factories/planted-shop.ts";
import { runToEnd } from "#tests/setup/run-to-end.ts";

let folder: string;
const at = (name: string) => join(folder, name);

/** Runs `rank` as a person would and returns what they would see. */
async function rank(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return runToEnd(process.execPath, ["jobs/cli/rank.ts", ...args]);
}

function toCsv(orders: number, products: number): string {
  const rows = [...plantedOrders({ orders, products, days: 200, seed: 4 })].map((line) =>
    [
      line.orderId,
      new Date(line.placedAtMs).toISOString(),
      line.itemKey,
      line.title,
      line.quantity,
      (line.unitPriceMinor / 100).toFixed(2),
      line.customerKey ?? "",
    ].join(","),
  );
  return ["order_id,ts,sku,title,qty,unit_price,customer_id", ...rows].join("\n");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundlesmith-rank-"));
  await writeFile(at("orders.csv"), toCsv(400, 20));
  await writeFile(at("orders.csv.gz"), gzipSync(toCsv(400, 20)));
  await writeFile(
    at("queries.jsonl"),
    '{"id":"q1","basket":["SKU-4"],"at":"2026-07-01"}\n{"id":2,"basket":["SKU-6","gone"]}\n',
  );
  await writeFile(
    at("products.csv"),
    "sku,title,category\nSKU-4,Product 4,Care\nSKU-5,Product 5,Care\nNEW,Product 4 refill,Care\n",
  );
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe("rank refuses in one line, with exit code 2 and nothing written,", () => {
  it.each([
    ["an unknown flag", ["--ordres", "x"], /Unknown option '--ordres'; known: --orders/],
    ["no orders", [], /--orders is missing: the order log/],
    ["a file that is not there", ["--orders", "nowhere.csv"], /--orders: no such file: nowhere.csv/],
    ["a k of 0", ["--k", "0"], /--k: "0" is not a whole number from 1 to 1000/],
    ["a date that is none", ["--as-of", "June"], /--as-of: "June" is not a date; expected 2011-06-01/],
    ["a date before every order", ["--as-of", "1999-01-01"], /no usable order before 1999-01-01/],
  ])("%s", async (_, extra, message) => {
    const given = extra[0] === "--orders" || extra.length === 0 ? [] : ["--orders", at("orders.csv")];
    const { code, stdout, stderr } = await rank(
      ...given,
      "--queries",
      at("queries.jsonl"),
      "--out",
      at("out.jsonl"),
      ...extra,
    );
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect((await readdir(folder)).filter((name) => name.startsWith("out.jsonl"))).toEqual([]);
  });

  const header = "order_id,ts,sku,title,qty,unit_price\n";
  it.each([
    ["an empty file", "", /the file is empty/],
    ["a header alone", header, /no usable row \(0 rejected; it has a header only\)/],
    [
      "missing columns",
      "order_id,ts,title\n1,2026-01-01,Soap\n",
      /line 1: the header lacks sku, qty, unit_price/,
    ],
    [
      "a quote that never closes",
      `${header}1,2026-01-01,A1,"Soap,1,2.50\n2,2026`,
      /line \d: a quote is opened and never closed/,
    ],
    [
      "rows of which none is usable",
      `${header}1,someday,A1,Soap,1,2.50\n`,
      /no usable row \(1 rejected; line 2: ts "someday"/,
    ],
    ["binary data", Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0]), /binary data, text was expected/],
    [
      "a gzip that is cut off",
      gzipSync(toCsv(400, 20)).subarray(0, 900),
      /the gzip data is damaged or cut off/,
    ],
  ])("an order log that is %s", async (_, content, message) => {
    await writeFile(at("broken.csv"), content);
    const { code, stderr } = await rank(
      "--orders",
      at("broken.csv"),
      "--queries",
      at("queries.jsonl"),
      "--out",
      at("out.jsonl"),
    );
    expect(stderr).toMatch(message);
    expect(stderr).toContain("broken.csv");
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
    expect((await readdir(folder)).filter((name) => name.startsWith("out.jsonl"))).toEqual([]);
  });

  it.each([
    ["no JSON", "q1: SKU-4\n", /line 1: not JSON/],
    ["without a basket", '\n{"id":"q1"}\n', /line 2: basket: /],
    ["with a date that is none", '{"id":"q1","basket":[],"at":"noon"}\n', /line 1: at: "noon" is not a date/],
    ["empty", "\n", /no query/],
  ])("queries that are %s", async (_, content, message) => {
    await writeFile(at("broken.jsonl"), content);
    const { code, stderr } = await rank("--orders", at("orders.csv"), "--queries", at("broken.jsonl"));
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it("an output that cannot be written", async () => {
    const { code, stderr } = await rank(
      "--orders",
      at("orders.csv"),
      "--queries",
      at("queries.jsonl"),
      "--out",
      at("no/such/out"),
    );
    expect(stderr).toMatch(/--out: cannot write/);
    expect(code).toBe(2);
  });
});

describe("rank", () => {
  it("ranks the same from plain and gzip, with the partner on top and no product of the basket", async () => {
    const plain = await rank("--orders", at("orders.csv"), "--queries", at("queries.jsonl"), "--k", "3");
    expect(plain.stderr).toBe(
      "rank: 1 products of the queries are in no order and were passed over, e.g. gone\n",
    );
    const answers = plain.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: string | number; ranked: string[] });
    expect(answers.map(({ id }) => id)).toEqual(["q1", 2]);
    expect(answers[0]!.ranked.slice(0, 2)).toContain("SKU-5");
    expect(answers[0]!.ranked).toHaveLength(3);
    expect(answers[0]!.ranked).not.toContain("SKU-4");

    const zipped = await rank(
      "--orders",
      at("orders.csv.gz"),
      "--queries",
      at("queries.jsonl"),
      "--k",
      "3",
      "--out",
      at("out.jsonl"),
    );
    expect(zipped).toMatchObject({ code: 0, stdout: "" });
    expect(await readFile(at("out.jsonl"), "utf8")).toBe(plain.stdout);
  });

  it("counts the rows that it cannot use and gives their lines", async () => {
    await writeFile(at("some.csv"), `${toCsv(60, 10)}\nx,never,SKU-1,Soap,1,1.00,\n`);
    const { code, stderr } = await rank("--orders", at("some.csv"), "--queries", at("queries.jsonl"));
    expect(stderr).toMatch(/some.csv: 1 rows not used \(line \d+: ts "never" is not a date/);
    expect(code).toBe(0);
  });

  it("ranks every active product of the list, sold or not, and no other", async () => {
    const { stdout } = await rank(
      "--orders",
      at("orders.csv"),
      "--products",
      at("products.csv"),
      "--queries",
      at("queries.jsonl"),
    );
    const first = JSON.parse(stdout.split("\n")[0]!) as { ranked: string[] };
    expect(first.ranked.slice().sort()).toEqual(["NEW", "SKU-5"]);
  });

  it("leaves out earlier purchases of the customer with --explore", async () => {
    const orders = toCsv(400, 20);
    const customer = /,(customer-\d+)$/m.exec(orders)![1]!;
    const owned = new Set(
      [...orders.matchAll(new RegExp(`,(SKU-\\d+),.*,${customer}$`, "gm"))].map((match) => match[1]),
    );
    await writeFile(
      at("mine.jsonl"),
      `${JSON.stringify({ id: "m", basket: [], customer, at: "2027-01-01" })}\n`,
    );
    const { stdout } = await rank(
      "--orders",
      at("orders.csv"),
      "--queries",
      at("mine.jsonl"),
      "--explore",
      "--k",
      "20",
    );
    const { ranked } = JSON.parse(stdout) as { ranked: string[] };
    expect(owned.size).toBeGreaterThan(0);
    expect(ranked.filter((sku) => owned.has(sku))).toEqual([]);
    expect(ranked).toHaveLength(20 - owned.size);
  });

  it("matches customers by address in any case, and names an unknown one by line, not by address", async () => {
    const orders = toCsv(400, 20);
    const customer = /,(customer-\d+)$/m.exec(orders)![1]!;
    await writeFile(at("shopify.csv"), orders.replaceAll(/,(customer-\d+)$/gm, ",$1@Shop.example"));
    const query = { id: "m", basket: [], at: "2027-01-01" };
    const named = [` ${customer.toUpperCase()}@shop.example `, "nobody@shop.example", "Nobody@shop.example"];
    await writeFile(
      at("addresses.jsonl"),
      named.map((one) => JSON.stringify({ ...query, customer: one })).join("\n"),
    );
    await writeFile(at("ids.jsonl"), JSON.stringify({ ...query, customer }));
    const flags = ["--explore", "--k", "20"];
    const byId = await rank("--orders", at("orders.csv"), "--queries", at("ids.jsonl"), ...flags);
    const byAddress = await rank("--orders", at("shopify.csv"), "--queries", at("addresses.jsonl"), ...flags);
    expect(byAddress.stdout.split("\n")[0]).toBe(byId.stdout.trimEnd());
    expect(byAddress.stderr).toBe(
      "rank: 1 customers of the queries are in no order and have no history, e.g. line 2\n",
    );
  });

  it("uses the log as of that day with --as-of, without later titles or spellings", async () => {
    const [header, ...rows] = toCsv(400, 20).split("\n");
    const isEarly = (row: string) => row.split(",")[1]! < "2026-05-15";
    const early = rows.filter(isEarly);
    const renamed = rows.filter((row) => !isEarly(row)).map((row) => row.replace(/,SKU-(\d+),[^,]*/, ",sku-$1,Renamed $1")); // prettier-ignore
    await writeFile(at("early.csv"), [header, ...early].join("\n"));
    await writeFile(at("renamed.csv"), [header, ...early, ...renamed, ...renamed].join("\n"));
    const [then, later] = await Promise.all(
      ["early.csv", "renamed.csv"].map((log) =>
        rank("--orders", at(log), "--queries", at("queries.jsonl"), "--as-of", "2026-05-15"),
      ),
    );
    expect(later).toEqual(then);
    expect(then!.code).toBe(0);
  });
});
