import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import express from "express";
import { Redis } from "ioredis";
import { afterEach, describe, expect, it } from "vitest";
import { createPool } from "#app/data/pool.server.ts";
import { answerHealth } from "#app/web/answer-operator.ts";
import { openHealthCheck } from "#app/web/check-health.server.ts";
import { startRedis } from "#tests/setup/services.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

/** Nothing listens there. */
const NO_REDIS = "redis://127.0.0.1:9";
const NO_DATABASE = createPool("postgresql://nobody:x@127.0.0.1:9/x");

const deps = await openTestDeps();
const READ_ONLY = createPool(`${deps.databaseUrl}?options=-c%20default_transaction_read_only%3Don`);
const servers: Server[] = [];
let isLeaving = false;

afterEach(() => {
  isLeaving = false;
  for (const server of servers.splice(0)) server.close();
});

/** The answers of a process with this database and this Redis to each health check. */
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
    [
      "with a PostgreSQL that takes no writes, such as a replica, lives and takes nothing",
      { pool: READ_ONLY },
      { lives: 200, intake: 503, pages: 503 },
    ],
  ])("%s", async (_, parts, expected) => {
    expect(await ask(parts)).toEqual(expected);
  });

  it("with a Redis that is full goes on taking webhooks", async () => {
    const redis = await startRedis();
    const client = new Redis(redis.url);
    await client.config("SET", "maxmemory", "1");
    const answers = await ask({ redisUrl: redis.url });
    client.disconnect();
    await redis.stop();
    expect(answers).toEqual({ lives: 200, intake: 200, pages: 503 });
  });

  it("that is shutting down is not ready, but alive", async () => {
    isLeaving = true;
    expect(await ask()).toEqual({ lives: 200, intake: 503, pages: 503 });
  });
});

it("simultaneous checks open one connection, and close it if Redis does not respond", async () => {
  const sockets: Socket[] = [];
  const mute = createTcpServer((socket) => sockets.push(socket.resume())).listen(0, "127.0.0.1");
  await once(mute, "listening");
  const url = `redis://127.0.0.1:${(mute.address() as AddressInfo).port}`;
  const checkHealth = openHealthCheck(deps, url);
  const answers = await Promise.all(Array.from({ length: 20 }, () => checkHealth()));
  expect(new Set(answers)).toEqual(new Set([["redis"]]));
  expect(sockets).toHaveLength(1);
  await expect.poll(() => sockets[0]!.destroyed).toBe(true);
  mute.close();
});
