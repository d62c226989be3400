import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillShop } from "#tests/standin/simulator/fill-shop.ts";
import { loadOrderLog } from "#tests/standin/simulator/load-order-log.ts";
import { toEngineCsv, toOrderExportCsv } from "#tests/standin/simulator/order-export-csv.ts";
import { simulateShop } from "#tests/standin/simulator/simulate-shop.ts";
import { ShopState } from "#tests/standin/shop/shop-state.ts";

const endAtMs = Date.UTC(2026, 10, 24);
const shop = simulateShop({ seed: 5, endAtMs, ordersTotal: 400, days: 90 });
const plain = shop.orders.filter(({ isTest, cancelledAtMs }) => !isTest && cancelledAtMs === null);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundlesmith-log-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe("loadOrderLog", () => {
  it.each([
    ["a missing file", null, /no such file/],
    ["a gzip file with invalid contents", Buffer.from("order_id"), /broken\.csv\.gz: incorrect header check/],
    [
      "a file without the columns",
      "a,b\n1,2\n",
      /lacks the columns order_id, ts, sku, title, qty, unit_price/,
    ],
    [
      "a file without a usable row",
      "order_id,ts,sku,title,qty,unit_price\nC1,2020-01-01,1,X,1,1\n",
      /no usable order in 1 rows, 1 cancellation or adjustment/,
    ],
  ])("refuses %s in one line that names the file", async (_, content, message) => {
    const name = content instanceof Buffer ? "broken.csv.gz" : "broken.csv";
    const path = content === null ? join(folder, "absent.csv") : await fileOf(name, content);
    await expect(loadOrderLog(path, { endAtMs })).rejects.toThrow(message);
  });

  it("counts what it skips, by reason", async () => {
    const rows = [
      "C9,2020-01-06T10:00:00,1,Cup,1,2",
      "8,2020-01-06T10:00:00,1,Cup,-1,2",
      "7,2020-01-06,1,Cup,1,0",
      "6,soon,1,Cup,1,2",
      "5,2020-01-06T10:00:00,1,Cup,1,2.50",
    ];
    const path = await fileOf("skips.csv", `order_id,ts,sku,title,qty,unit_price\n${rows.join("\n")}\n`);
    const log = await loadOrderLog(path, { endAtMs });
    expect(log.linesRead).toBe(5);
    expect(log.skipped).toEqual({
      "cancellation or adjustment": 1,
      "quantity not above zero": 1,
      "price not above zero": 1,
      "time not understood": 1,
    });
    expect(log.orders.map(({ name }) => name)).toEqual(["#5"]);
  });

  it("reads orders whose numbers start with letters", async () => {
    const path = await fileOf(
      "names.csv",
      "order_id,ts,sku,title,qty,unit_price\nORD-7,2020-01-06,1,Cup,1,2\nC8,2020-01-06,1,Cup,1,2\n",
    );
    const { orders } = await loadOrderLog(path, { endAtMs });
    expect(orders.map(({ name }) => name)).toEqual(["#ORD-7"]);
  });

  it("moves the log by whole weeks to end in the week before the given instant", async () => {
    const path = await fileOf(
      "dates.csv",
      "order_id,ts,sku,title,qty,unit_price\n1,2011-07-29T10:00:00,1,Cup,1,2\n2,2011-07-31T16:00:00,1,Cup,1,2\n",
    );
    const { orders, shiftMs } = await loadOrderLog(path, { endAtMs });
    expect(shiftMs % (7 * 86_400_000)).toBe(0);
    expect(orders.map(({ placedAtMs }) => new Date(placedAtMs).getUTCDay())).toEqual([5, 0]);
    expect(endAtMs - orders[1]!.placedAtMs).toBeLessThan(7 * 86_400_000);
    expect(orders[1]!.placedAtMs).toBeLessThan(endAtMs);
  });

  it("uses the most frequent title and the median price, and makes no product of postage", async () => {
    const path = await fileOf(
      "titles.csv",
      "title,sku,order_id,ts,unit_price,qty\nRED CUP,1,1,2020-01-06,2,1\ncheck,1,2,2020-01-06,1,1\nRED CUP,1,3,2020-01-06,9,1\nPOSTAGE,POST,3,2020-01-06,4,1\n",
    );
    const { products, orders } = await loadOrderLog(path, { endAtMs });
    expect(
      products.map(({ title, variants }) => [title, variants[0]!.priceMinor, variants[0]!.costMinor]),
    ).toEqual([["Red Cup", 200, null]]);
    expect(orders.find(({ name }) => name === "#3")!.lines).toHaveLength(2);
  });

  it("reads back what toEngineCsv wrote, plain or gzip", async () => {
    const csv = toEngineCsv(shop);
    for (const path of [await fileOf("log.csv", csv), await fileOf("log.csv.gz", gzipSync(csv))]) {
      const log = await loadOrderLog(path, { endAtMs: endAtMs + 1, currency: "USD" });
      expect(log.orders.map(({ name, lines, customerId }) => ({ name, lines, customerId }))).toEqual(
        plain.map(({ name, lines, customerId }) => ({ name, lines, customerId })),
      );
    }
  });
});

describe("toOrderExportCsv", () => {
  it("has every line of every order, and the order's own columns only in its first row", () => {
    const rows: Record<string, string>[] = parse(toOrderExportCsv(shop), { columns: true });
    const lines = shop.orders.flatMap((order) => order.lines.map((line) => ({ order, line })));
    expect(rows).toHaveLength(lines.length);
    rows.forEach((row, index) => {
      const { order, line } = lines[index]!;
      expect(row.Name).toBe(order.name);
      expect(row["Lineitem name"]).toBe(line.title);
      expect(Math.round(Number(row["Lineitem price"]) * 100)).toBe(line.unitPriceMinor);
      expect(Number(row["Lineitem quantity"])).toBe(line.quantity);
      expect(row["Financial Status"] === "").toBe(order.lines[0] !== line);
      if (order.lines[0] === line) expect(row["Cancelled at"] === "").toBe(order.cancelledAtMs === null);
    });
  });
});

describe("fillShop", () => {
  it("puts products, stock, orders, cancellations and refunds into the shop without raising a webhook", () => {
    const state = new ShopState({ now: () => endAtMs });
    const topics: string[] = [];
    state.subscribe(({ topic }) => topics.push(topic));
    const { variantGidBySku, orderGidByName } = fillShop(state, shop);
    expect(topics).toEqual([]);
    expect(state.catalogue.products.size).toBe(shop.products.length);
    for (const { variants } of shop.products) {
      for (const { sku, stock } of variants) {
        expect(state.catalogue.variant(variantGidBySku.get(sku)!).inventoryQuantity).toBe(stock);
      }
    }
    for (const past of shop.orders) {
      const order = state.orders.order(orderGidByName.get(past.name)!);
      expect(order.createdAtMs).toBe(past.placedAtMs);
      expect(order.cancelledAtMs).toBe(past.cancelledAtMs);
      expect(order.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual(
        past.lines.map(({ sku, quantity }) => [sku, quantity]),
      );
      if (past.refund && past.cancelledAtMs === null)
        expect(order.refunds[0]!.createdAtMs).toBe(past.refund.atMs);
    }
  });
});
