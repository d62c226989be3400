import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { DAY_MS } from "#app/domain/time.ts";
import { openWords } from "#app/locales/words.server.ts";
import { cancelOrderImport, followOrderImport } from "#app/services/collect/follow-order-import.server.ts";
import {
  ALIVE_EVERY_MS,
  forgetDeadImports,
  receiveOrderImport,
  repairImports,
} from "#app/services/collect/receive-order-import.server.ts";
import { runOrderImport } from "#app/services/collect/run-order-import.server.ts";
import { eraseCustomer } from "#app/services/privacy/answer-privacy-request.server.ts";
import { enforceRetention } from "#app/services/privacy/enforce-retention.server.ts";
import { eraseHistory } from "#app/services/privacy/erase-history.server.ts";
import { fakeQueue } from "#tests/factories/fake-queue.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { until } from "#tests/setup/patience.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";
const HEADER = "order_id,ts,sku,title,qty,unit_price,customer_id";
const LOG = `${HEADER}\nA1,2026-03-01T10:00:00,K,Kettle,1,45.00,ada@mail.example\nA2,never,K,Kettle,1,45.00,c2\n`;
const MINUTE_MS = 60_000;
const NOBODY = { requestId: "1", customerKeys: [], orderGids: [] };

const deps = await openTestDeps();
const now = () => new Date();

beforeEach(async () => {
  await deps.db.order.deleteMany({});
  await deps.db.orderImport.deleteMany({});
  await deps.db.orderImportPart.deleteMany({});
  await deps.db.erasure.deleteMany({});
  await deps.db.shop.deleteMany({});
  await deps.db.shop.create({ data: shopRow(SHOP, { currency: "EUR" }) });
});

async function* bytes(...contents: (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const content of contents) yield Buffer.from(content);
}

async function receive(...contents: (string | Buffer)[]): Promise<string> {
  const received = await receiveOrderImport(deps, { shop: SHOP, body: bytes(...contents), now });
  if (!received.ok) throw new Error(received.reason);
  return received.value;
}
const read = (
  importId: string,
  given: Partial<Omit<Parameters<typeof runOrderImport>[1], "shop" | "importId">> = {},
) =>
  runOrderImport(deps, {
    shop: SHOP,
    importId,
    signal: new AbortController().signal,
    now,
    usedMs: () => 0,
    ...given,
  });
const follow = () => followOrderImport(deps, { shop: SHOP, words: openWords("en") });
/** Each call returns the next step. */
const countFrom = <T = number>(first: number, step: number, write = (value: number) => value as T) => {
  let calls = 0;
  return () => write(first + step * calls++);
};
const countParts = () => deps.db.orderImportPart.count();

describe("a file of orders", () => {
  it.each([
    [
      "two million short lines",
      `${HEADER}\n${"1,2,3\n".repeat(2_000_000)}`,
      /More than 20,000 rows do not fit the header/,
    ],
    [
      "zeroes that pack to nothing",
      `${HEADER}\n${`${"0".repeat(500)},,,,,,\n`.repeat(4_000)}`,
      /unpacks to more than 100 times/,
    ],
    ["no order log", "a,b\n1,2\n", /header/],
  ])("of %s is refused with the reason, and deleted", async (_, content, reason) => {
    await read(await receive(gzipSync(content)));
    expect(await follow()).toMatchObject({ state: "failed", problem: expect.stringMatching(reason) });
    expect(await countParts()).toBe(0);
    expect(await deps.db.order.count()).toBe(0);
  });

  it.each([
    ["en", "a,b\n1,2\n", /^The header lacks order_id, .*unit_price\./],
    ["de", "a,b\n1,2\n", /^In der Kopfzeile fehlt order_id, .*unit_price\./],
    ["fr", HEADER, /^Le fichier a un en-tête et aucune commande/],
    ["ja", "", /^ファイルが空です/],
    ["es", `${HEADER}\nA1,2026-03-01T10:00:00,K,"Kettle`, /^En la línea 2 se abre una comilla/],
    ["zh-CN", `${HEADER}\nA1,2026-03-01T10:00:00,,Kettle,1,45.00,c\n`, /第 2 行：SKU 为空。$/],
  ] as const)(
    "that is refused as a whole gets the reason in the reader's language, %s: %j",
    async (locale, content, problem) => {
      await read(await receive(content));
      const view = await followOrderImport(deps, { shop: SHOP, words: openWords(locale) });
      expect(view).toMatchObject({ state: "failed", problem: expect.stringMatching(problem) });
    },
  );

  it.each([
    ["the processor", { usedMs: countFrom(0, 100_000) }, /takes too long to read/],
    [
      "the clock",
      { now: countFrom(Date.now(), 8 * MINUTE_MS, (ms) => new Date(ms)) },
      /takes too long to read/,
    ],
  ])(
    "is given up with the reason when it takes too much of %s, even if all of its rows are good",
    async (_, given, reason) => {
      const importId = await receive(
        HEADER,
        "\n".repeat(1 << 20),
        "A1,2026-03-01T10:00:00,K,Kettle,1,45.00,c\n",
      );
      expect((await deps.db.orderImport.findFirstOrThrow()).parts).toBe(2);
      await read(importId, given);
      expect(await follow()).toMatchObject({ state: "failed", problem: expect.stringMatching(reason) });
      expect(await countParts()).toBe(0);
      expect(await deps.db.order.count()).toBe(0);
    },
  );

  it("is read except for an order whose id is too long for a database index", async () => {
    const id = randomBytes(5_000).toString("hex");
    await read(await receive(LOG, `${id},2026-03-01T10:00:00,K,Kettle,1,45.00,c\n`));
    expect(await follow()).toMatchObject({
      state: "done",
      answer: { orders: 1, rejected: [{}, { reason: expect.stringMatching(/id is empty or longer/) }] },
    });
  });

  it("is read even if the quoted cell of a refused row would end in half an emoji", async () => {
    await read(await receive(LOG.replace("never", `${"x".repeat(39)}\u{1F600} and more`)));
    expect(await follow()).toMatchObject({
      state: "done",
      answer: { orders: 1, rejected: [{ line: 3, reason: expect.stringContaining(`"${"x".repeat(39)}"`) }] },
    });
  });

  it("waits sealed until a worker reads it, and is then deleted with its key", async () => {
    const importId = await receive(LOG.slice(0, 80), LOG.slice(80));
    expect(await follow()).toEqual({ state: "at_work", percent: 0 });
    const [part] = await deps.db.orderImportPart.findMany();
    expect(Buffer.from(part!.sealed).toString("latin1")).not.toMatch(/order_id|Kettle|ada@mail/);
    await read(importId);
    expect(await follow()).toMatchObject({ state: "done", answer: { orders: 1, rejectedCount: 1 } });
    expect(await countParts()).toBe(0);
    expect((await deps.db.orderImport.findFirstOrThrow()).sealedKey).toBeNull();
    expect(await deps.db.order.count()).toBe(1);
  });

  it("keeps out a second file of the shop while it is being read", async () => {
    const importId = await receive(LOG);
    const second = await receiveOrderImport(deps, { shop: SHOP, body: bytes(LOG), now });
    expect(second).toEqual({ ok: false, reason: "busy" });
    await read(importId);
    await receive(LOG);
  });

  it("changes nothing if it is cancelled while it waits or is read", async () => {
    const waiting = await receive(LOG);
    expect(await cancelOrderImport(deps, { shop: SHOP })).toBe(true);
    await read(waiting);
    expect(await follow()).toMatchObject({ state: "failed", problem: expect.stringContaining("cancelled") });

    const importId = await receive(LOG);
    const worker = new AbortController();
    worker.abort();
    await read(importId, { signal: worker.signal });
    expect(await deps.db.order.count()).toBe(0);
    expect(await countParts()).toBe(0);
  });

  it.each([
    ["the merchant cancels it", () => cancelOrderImport(deps, { shop: SHOP })],
    [
      "a customer of the shop asks to be forgotten",
      () => eraseCustomer(deps, { shop: SHOP, subject: NOBODY, now: now() }),
    ],
    [
      "the owner has the history erased",
      async () => {
        await deps.db.erasure.create({ data: { shop: SHOP, askedAt: now(), erasedRatio: 0 } });
        await eraseHistory(deps, { shop: SHOP, now });
      },
    ],
  ])("leaves no order behind when %s while its orders are being written", async (_, end) => {
    const importId = await receive(LOG);
    const holder = await deps.pool.connect();
    await holder.query(`BEGIN; LOCK TABLE "Order" IN EXCLUSIVE MODE`);
    const reading = read(importId);
    await until(async () => {
      const { rows } = await deps.pool.query(
        `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '"Order"'::regclass`,
      );
      return rows.length > 0;
    }, "the orders are being written");
    const ended = end();
    await until(async () => {
      const row = await deps.db.orderImport.findFirst();
      return row?.state === "cancelled";
    }, "the import is cancelled");
    await holder.query("ROLLBACK");
    holder.release();
    await Promise.all([reading, ended]);
    expect(await deps.db.order.count()).toBe(0);
    expect(await countParts()).toBe(0);
  });

  it("counts as alive while it arrives over a slow line", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    let ms = Date.now();
    async function* slowly() {
      yield Buffer.from(LOG.slice(0, 80));
      for (let minute = 0; minute < 2; minute++) {
        ms += MINUTE_MS;
        const reportedAt = new Date(ms);
        // Once a minute, because with several writes at the same time an older one can be the last.
        vi.advanceTimersByTime(ALIVE_EVERY_MS);
        await until(
          async () => (await deps.db.orderImport.findFirstOrThrow()).aliveAt >= reportedAt,
          "the import says that it is alive",
        );
        await forgetDeadImports(deps, { now: new Date(ms) });
      }
      yield Buffer.from(LOG.slice(80));
    }
    try {
      const received = await receiveOrderImport(deps, {
        shop: SHOP,
        body: slowly(),
        now: () => new Date(ms),
      });
      expect(received.ok).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each(["receiving", "reading"])(
    "is deleted soon after the process that was %s it died",
    async (state) => {
      await receive(LOG);
      await deps.db.orderImport.updateMany({ data: { state } });
      await forgetDeadImports(deps, { now: new Date(Date.now() + 5_000) });
      expect(await countParts()).toBe(1);
      await forgetDeadImports(deps, { now: new Date(Date.now() + MINUTE_MS / 2) });
      expect(await countParts()).toBe(0);
      expect(await follow()).toMatchObject({
        state: "failed",
        problem: expect.stringContaining("send it again"),
      });
    },
  );

  it("that waits without a job, because the process died before it enqueued one, gets a new job", async () => {
    const asked: unknown[] = [];
    const queue = fakeQueue(({ name, payload }) => asked.push({ name, payload }));
    const importId = await receive(LOG);
    await repairImports({ ...deps, jobs: queue }, { now: new Date(Date.now() + 5_000) });
    expect(asked).toEqual([]);
    await repairImports({ ...deps, jobs: queue }, { now: new Date(Date.now() + MINUTE_MS / 2) });
    expect(asked).toEqual([{ name: "collect.import", payload: { shop: SHOP, importId } }]);
    expect(await countParts()).toBe(1);
    await repairImports({ ...deps, jobs: queue }, { now: new Date(Date.now() + 31 * MINUTE_MS) });
    expect(await countParts()).toBe(0);
  });

  it.each([
    ["of which rows were used", LOG, "done"],
    ["without a usable row", `${HEADER}\n`, "failed"],
  ])(
    "%s keeps no text of its rows after a customer asks to be erased, because the text can name them",
    async (_, log, state) => {
      // A cell is missing, so the customer is in the column of the quantity.
      await read(await receive(log, "A3,2026-03-01T10:00:00,K,Kettle,ada@mail.example\n"));
      expect(await follow()).toMatchObject({ state });
      expect(JSON.stringify(await deps.db.orderImport.findMany())).toContain("ada@mail.example");
      await eraseCustomer(deps, { shop: SHOP, subject: NOBODY, now: new Date() });
      expect(JSON.stringify(await deps.db.orderImport.findMany())).not.toContain("ada@mail.example");
      expect(await follow()).toEqual({ state: "none" });
    },
  );

  it("with a customer in a number column writes no customer to the log", async () => {
    const warn = vi.spyOn(deps.log, "warn");
    await read(await receive(HEADER, "\nA3,2026-03-01T10:00:00,K,Kettle,ada@mail.example\n"));
    expect(await follow()).toMatchObject({ problem: expect.stringContaining("ada@mail.example") });
    expect(warn.mock.calls.map(([event]) => event)).toEqual(["collect.import_failed"]);
    expect(JSON.stringify(warn.mock.calls)).not.toContain("ada@mail.example");
    warn.mockRestore();
  });

  it("shows its outcome and its unusable rows for a month", async () => {
    await read(await receive(LOG));
    const inDays = (days: number) => enforceRetention(deps, { now: new Date(Date.now() + days * DAY_MS) });
    await inDays(29);
    expect(await follow()).toMatchObject({ state: "done" });
    await inDays(31);
    expect(await follow()).toEqual({ state: "none" });
  });

  it("is deleted when a customer of the shop asks to be erased", async () => {
    await receive(LOG);
    await eraseCustomer(deps, { shop: SHOP, subject: NOBODY, now: new Date() });
    expect(await countParts()).toBe(0);
  });
});
