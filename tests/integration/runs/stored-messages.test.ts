import { randomUUID } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { StoredHistory } from "#app/domain/collect/collect-messages.ts";
import { PausedReason, StoredSteering } from "#app/domain/evaluate/autopilot/steering-messages.ts";
import { Evidence, ReplayResult } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { StoredProblem } from "#app/domain/publish/publish-messages.ts";
import { RunProblem, StoredRunMessage } from "#app/domain/run-status.ts";
import { NamedRefusal } from "#app/services/propose/run-drafts.server.ts";

/** The migrations that turn sentences into codes. The rows below are as an older app left them. */
const CODES = ["20261127140000_message_codes", "20261127140100_stored_messages"];
const SHOP = "old.myshopify.com";
const estimate = { value: 1, low: 0, high: 2 };
const figures = {
  baskets: 3_456,
  withAll: 12,
  expectedByChance: 4.2,
  lift: estimate,
  marginChangeMinor: estimate,
  isSupported: true,
};
const replay = {
  ...figures,
  verdict: "Held up: 12 of 3,456 later orders held both, 4.2 would by chance, at least 1.2 times as often.",
};

const name = `old_${randomUUID().replaceAll("-", "")}`;
const addressOf = (database: string) =>
  Object.assign(new URL(inject("templateDatabaseUrl")), { pathname: `/${database}` }).href;
let client: pg.Client;

async function onServer(sql: string): Promise<void> {
  const server = new pg.Client(addressOf("postgres"));
  await server.connect();
  await server.query(sql);
  await server.end();
}

/** Runs a migration as Prisma's JavaScript engine does: cut at each semicolon. */
async function runAsPrisma(script: string): Promise<void> {
  for (const statement of script.split(";")) if (statement.trim() !== "") await client.query(statement);
}

async function one<T>(sql: string): Promise<T> {
  const { rows } = await client.query<{ it: T }>(sql);
  return rows[0]!.it;
}

beforeAll(async () => {
  await onServer(`CREATE DATABASE ${name}`);
  client = new pg.Client(addressOf(name));
  await client.connect();
  const before = globSync("prisma/migrations/*/migration.sql")
    .toSorted()
    .filter((path) => !CODES.some((code) => path.includes(code)) && path < `prisma/migrations/${CODES[0]}`);
  for (const path of before) await client.query(readFileSync(path, "utf8"));
  await client.query(
    `INSERT INTO "Shop" ("shop", "customerKeySecret", "holdoutSalt", "backfillMessage") VALUES
       ($1, '', '', 'Reading orders: 2250 so far'), ('done.myshopify.com', '', '', '')`,
    [SHOP],
  );
});
afterAll(async () => {
  await client.end();
  await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
});

describe("rows from before the migration", () => {
  const paused = [
    "1984 is out of stock",
    "1,234 already shows 2 better offers",
    "0.5 has no room beside 1 better offer; shorter titles make some",
    "Tee (grün) * {{x}}\n$t(a) lasts about 12 more days: no discount while it is scarce",
    "After 4,200 visitors the chance that it earns more than no offer is 2 %",
    "Publishing is switched off; everything was taken out of the shop",
    "Shopify refused it: , is no number",
    "The moon is full.",
  ];
  const evidence = [
    {
      kind: "stock",
      text: "1984 is out of stock.",
      value: 0,
      code: "outOfStock",
      values: { missing: "1984" },
    },
    { kind: "text", text: "Their names are alike.", value: 3, code: "matchingSet" },
    {
      kind: "season",
      text: "Of a version with fewer values.",
      value: 2,
      code: "season",
      values: { seasonTimes: 2 },
    },
    { kind: "orders", text: "Of a version without codes.", value: 1 },
  ];
  const refused = [
    { components: ["1984", "Tea"], reason: "needs 1 more order that hold both: 7 did, 8 are asked for" },
    {
      components: ["A", "B", "C"],
      reason:
        "Not seen again often enough: 1 of 3,456 later orders held all 3, 0.2 would by chance; needs 2 more orders that hold all 3.",
    },
    {
      components: ["A", "B"],
      reason:
        "40 orders hold both, but no discount from 5 to 20 % that keeps 15 % margin is expected to bring more than it gives away",
    },
    { components: [], reason: "The moon is full." },
  ];

  beforeAll(async () => {
    const run = `INSERT INTO "Run" ("id", "shop", "cutoffAt", "message", "problem", "report") VALUES ($1, $2, now(), $3, $4, $5)`;
    await client.query(run, ["done", SHOP, "1 new suggestions, 2 waiting for a decision", null, { refused }]);
    await client.query(run, ["failed", SHOP, "The run failed", "Redis is out of stock", { refused: 3 }]);
    await client.query(run, ["fresh", SHOP, "", "The run has no trained model; start it again", {}]);
    await client.query(
      `INSERT INTO "Bundle" ("id", "shop", "componentKey", "kind", "title", "discountRatio", "currency", "expected",
         "evidence", "validation", "updatedAt", "pausedReason")
       SELECT 'b' || n, $1, 'k' || n, 'complementary', '', 0.1, 'USD', '{}', $2::jsonb, $3::jsonb, now(), reason
       FROM unnest($4::text[]) WITH ORDINALITY AS told (reason, n)`,
      [SHOP, JSON.stringify(evidence), JSON.stringify(replay), [...paused, null]],
    );
    await client.query(
      `INSERT INTO "Decision" ("id", "shop", "bundleId", "decidedBy", "action", "detail") VALUES
         ('d1', $1, 'b1', 'autopilot', 'edit', $2), ('d2', $1, 'b1', 'me', 'approve', '{}')`,
      [SHOP, { reason: "It shares a product with “1984”, which earns more than no offer", evidence: {} }],
    );
    await client.query(`INSERT INTO "Publication" ("shop", "problem") VALUES ($1, $2), ('well', NULL)`, [
      SHOP,
      "Shopify did not answer. It is tried again by itself.",
    ]);
    await client.query(
      `INSERT INTO "Model" ("id", "shop", "runId", "step", "name", "isChosen", "metrics") VALUES
         ('m', $1, 'done', 'behaviour', 'x', false, $2)`,
      [SHOP, { notTrained: "Not trained: needs 1,300 more orders before those that it is tried on" }],
    );
    for (const code of CODES)
      await runAsPrisma(readFileSync(`prisma/migrations/${code}/migration.sql`, "utf8"));
  }, 60_000);

  it("keep the reason why a bundle waits, with number-like titles and unknown sentences unchanged", async () => {
    const { rows } = await client.query<{ pausedReason: unknown }>(
      `SELECT "pausedReason" FROM "Bundle" ORDER BY "id"`,
    );
    const stated = rows.map(({ pausedReason }) => pausedReason && PausedReason.parse(pausedReason));
    expect(stated).toEqual([
      { code: "paused.outOfStock", values: { product: "1984" } },
      { code: "paused.enoughOffers", values: { product: "1,234", count: 2 } },
      { code: "paused.noRoom", values: { product: "0.5", count: 1 } },
      { code: "paused.scarce", values: { product: "Tee (grün) * {{x}}\n$t(a)", days: 12 } },
      { code: "paused.loser", values: { visitors: 4_200, chanceRatio: 0.02 } },
      { code: "paused.off", values: {} },
      { code: "publish.refused", values: { message: ", is no number" } },
      { code: "text", values: { text: "The moon is full." } },
      null,
    ]);
  });

  it("keep the evidence of a bundle as a code if all values are there, else as its sentence", async () => {
    const kept = await one(`SELECT "evidence" AS it FROM "Bundle" LIMIT 1`);
    expect(Evidence.array().parse(kept)).toEqual([
      { kind: "stock", value: 0, code: "outOfStock", values: { missing: "1984" } },
      { kind: "text", value: 3, code: "matchingSet", values: {} },
      { kind: "season", value: 2, code: "text", values: { text: "Of a version with fewer values." } },
      { kind: "orders", value: 1, code: "text", values: { text: "Of a version without codes." } },
    ]);
    expect(JSON.stringify(kept)).not.toContain("1984 is out");
    const validation = await one(`SELECT "validation" AS it FROM "Bundle" LIMIT 1`);
    expect(validation).toEqual(figures);
    expect(ReplayResult.parse(validation)).toEqual(figures);
  });

  it("keep a run's refusals, and a report of another shape as it is", async () => {
    const kept = await one(`SELECT "report" -> 'refused' AS it FROM "Run" WHERE id = 'done'`);
    expect(NamedRefusal.array().parse(kept)).toEqual([
      {
        components: ["1984", "Tea"],
        reason: { code: "refused.thin", values: { count: 1, together: 7, asked: 8 } },
      },
      {
        components: ["A", "B", "C"],
        reason: {
          code: "refused.unseenAll",
          values: { together: 1, baskets: 3_456, products: 3, byChanceAbout: 0.2, count: 2 },
        },
      },
      {
        components: ["A", "B"],
        reason: {
          code: "refused.noDiscount",
          values: { together: 40, leastRatio: 0.05, mostRatio: 0.2, floorRatio: 0.15 },
        },
      },
      { components: [], reason: { code: "text", values: { text: "The moon is full." } } },
    ]);
    expect(await one(`SELECT "report" AS it FROM "Run" WHERE id = 'failed'`)).toEqual({ refused: 3 });
  });

  it("keep the state of runs, the first reading, publishing and the autopilot", async () => {
    const { rows } = await client.query(`SELECT "message", "problem" FROM "Run" ORDER BY "id"`);
    expect(rows).toEqual([
      { message: { code: "run.done", values: { added: 1, waiting: 2 } }, problem: null },
      {
        message: { code: "run.failed", values: {} },
        problem: { code: "text", values: { text: "Redis is out of stock" } },
      },
      { message: null, problem: { code: "run.noModel", values: {} } },
    ]);
    for (const { message, problem } of rows as { message: unknown; problem: unknown }[]) {
      if (message) StoredRunMessage.parse(message);
      if (problem) RunProblem.parse(problem);
    }
    const history = await one(`SELECT "backfillMessage" AS it FROM "Shop" WHERE shop = '${SHOP}'`);
    expect(StoredHistory.parse(history)).toEqual({ code: "history.orders", values: { number: 2_250 } });
    expect(await one(`SELECT "backfillMessage" AS it FROM "Shop" WHERE shop <> '${SHOP}'`)).toBeNull();
    const problem = await one(`SELECT "problem" AS it FROM "Publication" WHERE shop = '${SHOP}'`);
    expect(StoredProblem.parse((problem as unknown[])[0])).toEqual({ code: "publish.noAnswer", values: {} });
    expect(await one(`SELECT "problem" AS it FROM "Publication" WHERE shop = 'well'`)).toBeNull();
    const reason = await one(`SELECT "detail" -> 'reason' AS it FROM "Decision" WHERE id = 'd1'`);
    expect(StoredSteering.parse(reason)).toEqual({ code: "steered.related", values: { title: "1984" } });
    expect(await one(`SELECT "detail" AS it FROM "Decision" WHERE id = 'd2'`)).toEqual({});
    const untrained = await one(`SELECT "metrics" -> 'notTrained' AS it FROM "Model"`);
    expect(untrained).toEqual({ code: "training.few", values: { missing: 1_300 } });
  });
});
