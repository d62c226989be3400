import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, inject, vi } from "vitest";
import { type Deps, createSlowAnswers } from "#app/services/deps.server.ts";
import { openDatabase } from "#app/data/db.server.ts";
import { createLog } from "#app/process/log.server.ts";
import { openSecretBox } from "#app/process/secret-box.server.ts";
import { openJobQueue } from "#app/queue/job-queue.server.ts";
import { PATIENCE_MS } from "./patience.ts";

/** A key for tests alone. */
export const ENCRYPTION_KEYS = `test:${Buffer.alloc(32, 7).toString("base64")}`;

export interface TestDeps extends Deps {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/**
 * A database of PostgreSQL, cloned from the migrated one, and one of Redis, which no other test file has. They are
 * closed after the file's last test: call it where the file starts.
 *
 * @param migratedUrl a migrated, empty database of the server to use; by default that of all test files
 */
export async function openTestDeps(migratedUrl = inject("templateDatabaseUrl")): Promise<TestDeps> {
  const templateUrl = new URL(migratedUrl);
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const [redisUrl] = await Promise.all([
    takeRedisDatabase(inject("redisUrl")),
    runOnServer(templateUrl, `CREATE DATABASE ${name} TEMPLATE "${templateUrl.pathname.slice(1)}"`),
  ]);
  const databaseUrl = Object.assign(new URL(templateUrl), { pathname: `/${name}` }).href;

  const database = openDatabase(databaseUrl);
  const jobs = openJobQueue(redisUrl, { deadlineMs: PATIENCE_MS });
  afterAll(async () => {
    // What a process of the app keeps for itself goes with the environment that it was opened in.
    if (process.env["DATABASE_URL"] !== undefined) vi.resetModules();
    vi.unstubAllEnvs();
    await jobs.close();
    await database.close();
    await runOnServer(templateUrl, `DROP DATABASE ${name} WITH (FORCE)`);
  });
  return {
    db: database.db,
    pool: database.pool,
    jobs,
    log: createLog("silent"),
    secrets: openSecretBox(ENCRYPTION_KEYS),
    // By a clock that stands still no answer is slow, so that none is handed out again.
    slowAnswers: createSlowAnswers(() => 0),
    databaseUrl,
    redisUrl,
  };
}

/** The next unused database of the server; the first counts those that were taken. */
async function takeRedisDatabase(serverUrl: string): Promise<string> {
  const redis = new Redis(serverUrl);
  const number = await redis.incr("databases taken");
  redis.disconnect();
  return `${serverUrl}/${number}`;
}

async function runOnServer(anyDatabase: URL, sql: string): Promise<void> {
  const client = new pg.Client(Object.assign(new URL(anyDatabase), { pathname: "/postgres" }).href);
  await client.connect();
  await client.query(sql);
  await client.end();
}
