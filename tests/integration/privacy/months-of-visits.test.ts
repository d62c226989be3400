import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createPool } from "#app/data/pool.server.ts";
import { keepMonthsOfVisits } from "#app/data/visits/months.server.ts";
import { saveBrowseEvents } from "#app/data/visits/browse-events.server.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";
const FIRST = "20261127220000_visits_bound";

const { pool } = await openTestDeps();

const event = (eventId: string, occurredAt: string) => ({
  eventId,
  visitorKey: "visitor",
  kind: "product_viewed" as const,
  productGid: null,
  variantGid: null,
  bundleId: null,
  arm: null,
  occurredAt: `${occurredAt}T12:00:00.000Z`,
});

async function listMonths(): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = '"BrowseEvent"'::regclass ORDER BY 1`,
  );
  return rows.map(({ name }) => name.replaceAll('"', "").replace("BrowseEvent_", ""));
}

async function listEvents(): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ id: string; month: string }>(
    `SELECT "eventId" AS id, tableoid::regclass::text AS month FROM "BrowseEvent" WHERE shop = $1 ORDER BY 1`,
    [SHOP],
  );
  return Object.fromEntries(
    rows.map(({ id, month }) => [id, month.replaceAll('"', "").replace("BrowseEvent_", "")]),
  );
}

describe("monthly partitions of visits", () => {
  const at = (day: string) => new Date(`${day}T00:00:00.000Z`);

  beforeAll(async () => {
    // The migration ends the first partition at the current date, which can be later than the days of these tests.
    await pool.query(
      `DROP TABLE "BrowseEvent_before";
       CREATE TABLE "BrowseEvent_before" PARTITION OF "BrowseEvent" FOR VALUES FROM (MINVALUE) TO ('2030-01-01')`,
    );
  });
  beforeEach(async () => {
    await pool.query(`TRUNCATE "BrowseEvent"`);
  });

  it("keep an event without a partition, and move it there once the partition exists", async () => {
    await saveBrowseEvents(pool, SHOP, [event("early", "2031-03-31"), event("far", "2032-01-01")]);
    expect(await listEvents()).toEqual({ early: "default", far: "default" });
    await keepMonthsOfVisits(pool, { now: at("2031-01-15"), forgetBefore: null });
    expect(await listEvents()).toEqual({ early: "2031_03", far: "default" });
    expect(await listMonths()).toEqual(["2031_01", "2031_02", "2031_03", "before", "default"]);
    await keepMonthsOfVisits(pool, { now: at("2031-01-16"), forgetBefore: null });
    expect(await listMonths()).toHaveLength(5);
  });

  it("ignore a repeated event", async () => {
    const twice = event("twice", "2031-02-03");
    expect(await saveBrowseEvents(pool, SHOP, [twice, event("once", "2031-01-03")])).toBe(2);
    expect(await saveBrowseEvents(pool, SHOP, [twice])).toBe(0);
  });

  it("are dropped once none of their rows is kept, and not a day earlier", async () => {
    await saveBrowseEvents(pool, SHOP, [event("first", "2031-01-31"), event("second", "2031-02-01")]);
    const now = at("2031-03-01");
    await keepMonthsOfVisits(pool, { now, forgetBefore: at("2031-01-31") });
    expect(await listEvents()).toEqual({ first: "2031_01", second: "2031_02" });
    await keepMonthsOfVisits(pool, { now, forgetBefore: at("2031-02-01") });
    expect(await listEvents()).toEqual({ second: "2031_02" });
  });
});

it("a table full of visits becomes the first partition with its rows and indexes, and accepts new rows", async () => {
  const name = "filled_before_the_months";
  await pool.query(`CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(inject("templateDatabaseUrl")), { pathname: `/${name}` }).href;
  const filled = createPool(url, 1);
  try {
    const migrations = readdirSync("prisma/migrations").filter((file) => /^\d/.test(file));
    const carryOut = async (chosen: readonly string[]) => {
      for (const file of chosen.toSorted()) {
        const text = readFileSync(`prisma/migrations/${file}/migration.sql`, "utf8");
        // One by one, because an index is built CONCURRENTLY only outside of transactions.
        for (const statement of text.split(";")) if (statement.trim() !== "") await filled.query(statement);
      }
    };
    await carryOut(migrations.filter((file) => file < FIRST));
    await filled.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "occurredAt")
       SELECT $1, 'e' || n, 'v', 'product_viewed', now() - n * interval '1 day' FROM generate_series(0, 999) n`,
      [SHOP],
    );
    await carryOut(migrations.filter((file) => file >= FIRST));
    await filled.query(
      `INSERT INTO "BrowseEvent" (shop, "eventId", "visitorKey", kind, "occurredAt")
       VALUES ($1, 'soon', 'v', 'product_viewed', now()), ($1, 'late', 'v', 'product_viewed', now() + interval '3 months')`,
      [SHOP],
    );
    const { rows } = await filled.query(
      `SELECT tableoid::regclass::text AS month, count(*) AS rows FROM "BrowseEvent" WHERE shop = $1 GROUP BY 1 ORDER BY 1`,
      [SHOP],
    );
    expect(rows).toEqual([
      { month: '"BrowseEvent_before"', rows: 1_001 },
      { month: '"BrowseEvent_default"', rows: 1 },
    ]);
    const { rows: invalid } = await filled.query(
      `SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid`,
    );
    expect(invalid).toEqual([]);
  } finally {
    await filled.end();
    await pool.query(`DROP DATABASE ${name} WITH (FORCE)`);
  }
});
