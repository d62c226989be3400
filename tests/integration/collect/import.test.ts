import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { joinImportToCatalogue } from "#app/data/orders/imported-orders.server.ts";
import { readTogetherOrders } from "#app/data/orders/read-season.server.ts";
import { saveOrders } from "#app/data/orders/orders.server.ts";
import { countTogether } from "#app/data/orders/units-together.server.ts";
import { inTransaction } from "#app/data/db.server.ts";
import type { OrderEvent } from "#app/domain/collect/order-event.ts";
import { applyShopInbox } from "#app/services/collect/apply-shop-inbox.server.ts";
import { importOrderLog } from "#app/services/collect/import-order-log.server.ts";
import { receiveWebhook } from "#app/services/collect/receive-webhook.server.ts";
import { readBaskets } from "#app/services/prepare/prepare-run.server.ts";
import { readCountedRows } from "#tests/factories/counted-rows.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { readWebhook } from "#tests/fixtures/webhooks/read-webhook.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";

const deps = await openTestDeps();

beforeEach(async () => {
  await deps.db.order.deleteMany({});
  await deps.db.product.deleteMany({});
  await deps.db.inboxEvent.deleteMany({});
  await deps.db.erasure.deleteMany({});
  await deps.db.shop.deleteMany({});
  await deps.db.shop.create({
    data: shopRow(SHOP, { currency: "EUR", installedAt: new Date("2026-11-01T00:00:00Z") }),
  });
  await deps.db.product.create({
    data: {
      shop: SHOP,
      productGid: "gid://shopify/Product/1",
      title: "Kettle",
      handle: "kettle",
      tags: [],
      status: "active",
      sourceUpdatedAt: new Date("2026-10-01T00:00:00Z"),
      variants: {
        create: [
          {
            variantGid: "gid://shopify/ProductVariant/11",
            title: "Default Title",
            sku: "KETTLE-1",
            priceMinor: 4_500,
          },
        ],
      },
    },
  });
});

async function* bytes(content: string | Buffer): AsyncGenerator<Uint8Array> {
  yield typeof content === "string" ? Buffer.from(content) : content;
}

const HEADER = "order_id,ts,sku,title,qty,unit_price,customer_id";
const OWN_LOG = `${HEADER}
A1,2026-03-01T10:00:00,KETTLE-1,Kettle,1,45.00,c1
A1,2026-03-01T10:00:00,FILTER-1,Filters,2,5.00,c1
A2,2026-03-02T10:00:00,KETTLE-1,Kettle,1,45.00,c2
A3,not a date,KETTLE-1,Kettle,1,45.00,c2
A4,2026-03-03T10:00:00,FILTER-1,Filters,-1,5.00,c1
`;

/** An order that Shopify reports, placed before the app was installed. */
const REPORTED: OrderEvent = {
  orderGid: "gid://shopify/Order/1",
  placedAt: "2026-10-01T00:00:00.000Z",
  updatedAt: "2026-10-01T00:00:00.000Z",
  currency: "EUR",
  customerKey: null,
  cancelledAt: null,
  isTest: false,
  arm: null,
  visitorKey: null,
  totalMinor: 0,
  lines: [],
  refunds: [],
};

async function readAll() {
  const { baskets } = await readBaskets(deps, {
    shop: SHOP,
    fromMs: Date.UTC(2026, 0),
    toMs: Date.UTC(2027, 0),
  });
  return baskets;
}

describe("importOrderLog", () => {
  it.each([
    ["an empty file", ""],
    ["a header alone", HEADER],
    ["rows that are all unusable", `${HEADER}\nA1,never,KETTLE-1,Kettle,1,45.00,c1\n`],
    ["a file that is no order log", "a,b\n1,2\n"],
    ["a gzip that breaks off", gzipSync(OWN_LOG.repeat(50)).subarray(0, 120)],
  ])("changes nothing on %s", async (_, content) => {
    await expect(importOrderLog(deps, { shop: SHOP, body: bytes(content) })).rejects.toMatchObject({
      code: "input_invalid",
    });
    expect(await deps.db.order.count()).toBe(0);
  });

  it("counts the rows that it cannot use, with their line numbers", async () => {
    const report = await importOrderLog(deps, { shop: SHOP, body: bytes(OWN_LOG) });
    expect(report).toMatchObject({ orders: 2, lines: 3, matchedLines: 2, rejectedCount: 1, currency: "EUR" });
    expect(report.rejected[0]).toMatchObject({ line: 5 });
  });

  it("reads a gzip like the file inside it, and ignores a second import of the same file", async () => {
    await importOrderLog(deps, { shop: SHOP, body: bytes(gzipSync(OWN_LOG)) });
    await importOrderLog(deps, { shop: SHOP, body: bytes(OWN_LOG) });
    expect(await deps.db.order.count()).toBe(2);
    expect(await deps.db.orderLine.count()).toBe(3);
  });

  it("reads Shopify's order export and keeps no e-mail address", async () => {
    const file = [
      "Name,Email,Financial Status,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Cancelled at",
      "#1001,ada@mail.example,paid,EUR,2026-03-01 10:00:00 +0100,1,Kettle,45.00,KETTLE-1,",
      "#1001,ada@mail.example,,,2026-03-01 10:00:00 +0100,2,Filters,5.00,FILTER-1,",
    ].join("\n");
    const report = await importOrderLog(deps, { shop: SHOP, body: bytes(file) });
    expect(report).toMatchObject({ orders: 1, lines: 2 });
    const order = await deps.db.order.findFirstOrThrow({ include: { lines: true } });
    expect(order.placedAt.toISOString()).toBe("2026-03-01T09:00:00.000Z");
    expect(order.totalMinor).toBe(5_500n);
    const stored = await deps.pool.query(
      `SELECT o.*, l.* FROM "Order" o JOIN "OrderLine" l USING (shop, "orderGid")`,
    );
    expect(JSON.stringify(stored.rows)).not.toContain("ada");
  });

  it("reads a time without a zone as the shop's local time, also on days when the clocks change", async () => {
    await deps.db.shop.update({ where: { shop: SHOP }, data: { timeZone: "America/New_York" } });
    const times = [
      ["2026-01-02T12:30:00", "2026-01-02T17:30:00.000Z"],
      ["2026-03-08", "2026-03-08T05:00:00.000Z"],
      ["2026-03-08T02:30:00", "2026-03-08T07:30:00.000Z"],
      ["2026-07-02 12:30:00", "2026-07-02T16:30:00.000Z"],
      ["2026-07-02 12:30:00 +0200", "2026-07-02T10:30:00.000Z"],
      ["2026-07-02T12:30:00Z", "2026-07-02T12:30:00.000Z"],
    ];
    const rows = times.map(([written], order) => `A${order},${written},KETTLE-1,Kettle,1,45.00,c1`);
    await importOrderLog(deps, { shop: SHOP, body: bytes([HEADER, ...rows].join("\n")) });
    const orders = await deps.db.order.findMany({ orderBy: { orderGid: "asc" } });
    expect(orders.map(({ placedAt }) => placedAt.toISOString())).toEqual(times.map(([, at]) => at));
  });

  it("leaves out orders from the period that Shopify reported, and replaces none of them", async () => {
    await inTransaction(deps.pool, (client) =>
      saveOrders(client, SHOP, [{ event: REPORTED, reportedAt: null }]),
    );
    const file = `${HEADER}\nA1,2026-03-01,KETTLE-1,Kettle,1,45.00,c1\nA2,2026-10-02,KETTLE-1,Kettle,1,45.00,c1\n`;
    const report = await importOrderLog(deps, { shop: SHOP, body: bytes(file) });
    expect(report).toMatchObject({ orders: 1, coveredOrders: 1 });
    expect(await deps.db.order.count()).toBe(2);

    // A merchant who removed the app and came back still has the orders of the first time.
    const [installedAt, firstInstalledAt] = [new Date("2027-11-01"), new Date("2026-11-01")];
    await deps.db.shop.update({ where: { shop: SHOP }, data: { installedAt, firstInstalledAt } });
    expect(await importOrderLog(deps, { shop: SHOP, body: bytes(file) })).toMatchObject({ coveredOrders: 1 });
    expect(await deps.db.order.count()).toBe(2);
  });

  it("stores no order twice when the shop's first reading ends while a file is being written", async () => {
    await deps.db.variant.deleteMany({});
    // This lock makes the writer of the order wait until the other transaction ends, like a batch still to come.
    const blocker = await deps.pool.connect();
    await blocker.query("BEGIN");
    await blocker.query(
      `INSERT INTO "Order" ("shop", "orderGid", "placedAt", "sourceUpdatedAt", "currency") VALUES ($1, 'import:A1', now(), now(), 'EUR')`,
      [SHOP],
    );
    const file = `${HEADER}\nA1,2026-03-01,KETTLE-1,Kettle,1,45.00,c1\nA2,2026-10-02,KETTLE-1,Kettle,1,45.00,c1\n`;
    const importing = importOrderLog(deps, { shop: SHOP, body: bytes(file) });
    await expect
      .poll(async () => {
        const waiting = await deps.pool.query("SELECT 1 FROM pg_locks WHERE NOT granted");
        return waiting.rowCount;
      })
      .toBeGreaterThan(0);

    await deps.db.variant.create({
      data: {
        shop: SHOP,
        productGid: "gid://shopify/Product/1",
        variantGid: "gid://shopify/ProductVariant/11",
        title: "Default Title",
        sku: "KETTLE-1",
        priceMinor: 4_500,
      },
    });
    const reported = { ...REPORTED, placedAt: "2026-10-02T00:00:00.000Z" };
    await inTransaction(deps.pool, (client) =>
      saveOrders(client, SHOP, [{ event: reported, reportedAt: null }]),
    );
    await joinImportToCatalogue(deps.pool, SHOP);
    await blocker.query("ROLLBACK");
    blocker.release();
    await importing;

    const orders = await deps.db.order.findMany({ orderBy: { placedAt: "asc" }, include: { lines: true } });
    expect(orders.map(({ orderGid }) => orderGid)).toEqual(["import:A1", reported.orderGid]);
    expect(orders[0]!.lines[0]!.variantGid).toBe("gid://shopify/ProductVariant/11");
  });

  it.each([
    ["before", ["shopify", "file"]],
    ["after", ["file", "shopify"]],
  ])(
    "counts an order once that Shopify reports %s the file, though most of its history is out of reach",
    async (_, steps) => {
      const createdAt = "2026-03-01T10:00:00+01:00";
      const payload = {
        ...JSON.parse(readWebhook("orders-create")),
        created_at: createdAt,
        processed_at: createdAt,
      };
      const now = new Date("2026-11-20T00:00:00Z");
      const file = [
        "Name,Email,Financial Status,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku",
        "#1042,ada@mail.example,paid,EUR,2026-03-01 10:00:00 +0100,1,Kettle,45.00,KETTLE-1",
      ].join("\n");
      for (const step of [...steps, ...steps]) {
        if (step === "file") await importOrderLog(deps, { shop: SHOP, body: bytes(file) });
        else {
          const rawBody = JSON.stringify(payload);
          const webhook = { shop: SHOP, topic: "orders/updated", webhookId: randomUUID(), triggeredAt: now };
          expect(await receiveWebhook(deps, { ...webhook, rawBody, now })).toBe("kept");
          expect(await applyShopInbox(deps, { shop: SHOP, now: () => now })).toEqual({
            applied: 1,
            failed: 0,
          });
        }
      }
      const baskets = await readAll();
      expect(baskets.orderIds).toEqual(["import:#1042"]);
      const variantGids = [
        ["gid://shopify/ProductVariant/11", "gid://shopify/ProductVariant/9007199254740993111"],
      ];
      const span = { shop: SHOP, variantGids, from: new Date("2026-01-01T00:00:00Z") };
      const least = { parts: 1, units: 1 };
      expect(await countTogether(deps.pool, { ...span, to: now, least, spendMinor: null })).toMatchObject({
        orders: 1,
        ofAny: 1,
      });
      expect(await readTogetherOrders(deps.pool, { ...span, asked: null, timeZone: "UTC" })).toMatchObject({
        orders: 1,
      });
    },
  );

  it("does not conclude from orders reported again after an erasure that Shopify reports their period", async () => {
    const askedAt = new Date("2026-11-20T00:00:00Z");
    await deps.db.erasure.create({ data: { shop: SHOP, askedAt, finishedAt: askedAt } });
    const placed = [
      REPORTED,
      { ...REPORTED, orderGid: "gid://shopify/Order/2", placedAt: "2026-11-21T00:00:00.000Z" },
    ];
    await inTransaction(deps.pool, (client) =>
      saveOrders(
        client,
        SHOP,
        placed.map((event) => ({ event, reportedAt: null })),
      ),
    );
    const row = (id: string, day: string) => `${id},${day},KETTLE-1,Kettle,1,45.00,c1`;
    const file = [HEADER, row("A1", "2026-10-01"), row("A2", "2026-11-10"), row("A3", "2026-11-22")].join(
      "\n",
    );
    const report = await importOrderLog(deps, { shop: SHOP, body: bytes(file) });
    expect(report).toMatchObject({ orders: 2, coveredOrders: 1 });
    expect((await readAll()).orderIds).toEqual(["import:A1", "import:A2"]);
  });

  it("updates the planner's row counts, also while another file of orders is being written", async () => {
    const other = await deps.pool.connect();
    await other.query("BEGIN");
    await other.query(`ANALYZE "Order"`);
    await importOrderLog(deps, { shop: SHOP, body: bytes(OWN_LOG) });
    await other.query("ROLLBACK");
    other.release();
    await importOrderLog(deps, { shop: SHOP, body: bytes(OWN_LOG) });
    expect(await readCountedRows(deps.pool, ["Order", "OrderLine"])).toEqual([
      { table: "Order", planned: 2, held: 2 },
      { table: "OrderLine", planned: 3, held: 3 },
    ]);
  });

  it("keeps the other orders of a file when one has more lines than Shopify allows", async () => {
    const till = "A1,2026-03-01,KETTLE-1,Kettle,1,45.00,c1\n".repeat(501);
    const report = await importOrderLog(deps, {
      shop: SHOP,
      body: bytes(`${HEADER}\n${till}A2,2026-03-02,KETTLE-1,Kettle,1,45.00,c1\n`),
    });
    expect(report).toMatchObject({ orders: 1, lines: 1, longOrders: 1 });
    expect(await deps.db.order.count()).toBe(1);
  });

  it("learns from unknown SKUs but never proposes them", async () => {
    await importOrderLog(deps, { shop: SHOP, body: bytes(OWN_LOG) });
    const baskets = await readAll();
    expect(baskets.orderIds).toEqual(["import:A1", "import:A2"]);
    expect(baskets.items.map(({ key, isActive }) => [key, isActive])).toEqual([
      ["gid://shopify/ProductVariant/11", true],
      ["sku:FILTER-1", false],
    ]);
  });

  it("counts no product for an untitled line of postage, a fee or a correction", async () => {
    const line = (sku: string) => `A1,2026-10-01T10:00:00,${sku},,1,4.50,c1`;
    const body = [HEADER, ...["POST", "DOT", "M", "FOAM"].map(line)].join("\n");
    await importOrderLog(deps, { shop: SHOP, body: bytes(`${body}\n`) });
    const { items, item } = await readAll();
    expect(Array.from(item, (index) => items[index]!.key)).toEqual(["sku:FOAM"]);
  });

  it("keeps the service date of an order, so that bookings follow the season of their service", async () => {
    await deps.db.shop.update({ where: { shop: SHOP }, data: { timeZone: "Asia/Tokyo" } });
    const bookings = [
      `${HEADER},service_date`,
      "B1,2026-03-01T10:00:00,KETTLE-1,Kettle,1,45.00,c1,2026-08-01",
      "B2,2026-03-02T10:00:00,KETTLE-1,Kettle,1,45.00,c2,",
    ].join("\n");
    await importOrderLog(deps, { shop: SHOP, body: bytes(bookings) });
    const { serviceAtMs, placedAtMs } = await readAll();
    expect([...serviceAtMs!]).toEqual([Date.parse("2026-07-31T15:00:00Z"), placedAtMs[1]]);

    await importOrderLog(deps, { shop: SHOP, body: bytes(bookings.replace("2026-08-01", "")) });
    expect((await readAll()).serviceAtMs).toBeUndefined();
  });

  const readItemKeys = async () => {
    const baskets = await readAll();
    return [...baskets.item].map((item) => baskets.items[item]!.key);
  };
  const MIXED_CASE = [
    HEADER,
    "A1,2026-03-01T10:00:00,kettle-1,Kettle,1,45.00,c1",
    "A2,2026-03-02T10:00:00,KETTLE-1,Kettle,1,45.00,c2",
    "A3,2026-03-03T10:00:00,filter-1a,Filters,1,5.00,c3",
    "A4,2026-03-04T10:00:00,FILTER-1A,Filters,1,5.00,c4",
  ].join("\n");
  const KETTLE = "gid://shopify/ProductVariant/11";

  it("treats SKUs that differ only in case as one product, the shop's own if it has one", async () => {
    const report = await importOrderLog(deps, { shop: SHOP, body: bytes(MIXED_CASE) });
    expect(report).toMatchObject({ lines: 4, matchedLines: 2 });
    expect(await readItemKeys()).toEqual([KETTLE, KETTLE, "sku:FILTER-1A", "sku:FILTER-1A"]);
  });

  it("matches imported lines to variants that the shop adds later, also by SKUs in another case", async () => {
    await deps.db.variant.deleteMany({});
    await importOrderLog(deps, { shop: SHOP, body: bytes(MIXED_CASE) });
    expect(await readItemKeys()).not.toContain(KETTLE);
    const [productGid, gid] = ["gid://shopify/Product/1", "gid://shopify/ProductVariant"];
    await deps.db.variant.createMany({
      data: [
        { variantGid: KETTLE, sku: "Kettle-1", priceMinor: 4_500 },
        { variantGid: `${gid}/12`, sku: "filter-1a", priceMinor: 500 },
        { variantGid: `${gid}/13`, sku: "FILTER-1A", priceMinor: 1_500 },
      ].map((variant) => ({ shop: SHOP, productGid, title: "Default Title", ...variant })),
    });
    await joinImportToCatalogue(deps.pool, SHOP);
    expect(await readItemKeys()).toEqual([KETTLE, KETTLE, `${gid}/12`, `${gid}/13`]);
    const lines = await deps.db.orderLine.findMany({ distinct: ["productGid"] });
    expect(lines.map((line) => line.productGid)).toEqual([productGid]);
  });
});
