import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterEach, describe, expect, it } from "vitest";
import { openProgressNotices } from "#app/data/runs/progress-notices.server.ts";
import { endRun, openRun } from "#app/data/runs/runs.server.ts";
import { createPool } from "#app/data/pool.server.ts";
import { answerHealth } from "#app/web/answer-operator.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";
/** Nothing listens there. */
const NO_REDIS = "redis://127.0.0.1:9";
const NO_DATABASE = createPool("postgresql://nobody:x@127.0.0.1:9/x");

const deps = await openTestDeps();
const CANCELLED = { status: "cancelled", message: { code: "run.cancelled", values: {} } } as const;
const servers: Server[] = [];
let isLeaving = false;

afterEach(() => {
  isLeaving = false;
  for (const server of servers.splice(0)) server.close();
});

/** What a process says to each question while these are its database and its Redis. */
async function ask(parts: { pool?: typeof deps.pool; redisUrl?: string } = {}) {
  const { pool = deps.pool, redisUrl = deps.redisUrl } = parts;
  const server = createServer(
    express().use(answerHealth({ pool, redisUrl, isLeaving: () => isLeaving })),
  ).listen(0);
  servers.push(server);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const paths = ["/healthz", "/readyz/intake", "/readyz/pages"];
  const [lives, intake, pages] = await Promise.all(
    paths.map(async (path) => (await fetch(url + path)).status),
  );
  return { lives, intake, pages };
}

describe("a web process", () => {
  it.each([
    ["with all that it needs", {}, { lives: 200, intake: 200, pages: 200 }],
    [
      "without Redis goes on taking webhooks",
      { redisUrl: NO_REDIS },
      { lives: 200, intake: 200, pages: 503 },
    ],
    [
      "without PostgreSQL lives and takes nothing",
      { pool: NO_DATABASE },
      { lives: 200, intake: 503, pages: 503 },
    ],
  ])("%s", async (_, parts, expected) => {
    expect(await ask(parts)).toEqual(expected);
  });

  it("that is leaving is ready for nothing, and lives", async () => {
    isLeaving = true;
    expect(await ask()).toEqual({ lives: 200, intake: 503, pages: 503 });
  });
});

describe("a thousand who follow a shop's progress", () => {
  it("share one connection, none of the pool's, and all hear of a change", async () => {
    await deps.db.shop.create({ data: shopRow(SHOP) });
    const notices = openProgressNotices(deps.databaseUrl);
    const signal = new AbortController().signal;
    const count = async () => {
      const { rows } = await deps.pool.query<{ count: number }>(
        `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'LISTEN%'`,
      );
      return rows[0]!.count;
    };
    const waiting = Array.from({ length: 1_000 }, () =>
      notices.untilChanged(SHOP, { signal, longestMs: 3_600_000 }),
    );
    await expect.poll(count).toBe(1);
    expect(deps.pool.totalCount - deps.pool.idleCount).toBe(0);
    const opened = await openRun(deps.db, { shop: SHOP, cutoffAt: new Date(), lane: "merchant" });
    await Promise.all(waiting);

    const next = notices.untilChanged(SHOP, { signal, longestMs: 3_600_000 });
    await endRun(deps.db, { shop: SHOP, runId: opened!.run.id }, CANCELLED, new Date());
    await next;
    await notices.close();
  });

  it("end with their browser, and hear of it when the database ended the connection in between", async () => {
    const notices = openProgressNotices(deps.databaseUrl);
    const leaving = new AbortController();
    const left = notices.untilChanged(SHOP, { signal: leaving.signal, longestMs: 3_600_000 });
    leaving.abort();
    await left;
    await expect
      .poll(async () => {
        const { rowCount } = await deps.pool.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'LISTEN%'`,
        );
        return rowCount;
      })
      .toBe(1);
    await notices.untilChanged(SHOP, { signal: new AbortController().signal, longestMs: 100 });
    await notices.close();
  });
});
