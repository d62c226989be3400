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

/** An encryption key for tests only. */
export const ENCRYPTION_KEYS = `test:${Buffer.alloc(32, 7).toString("base64")}`;

export interface TestDeps extends Deps {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/**
 * Opens a PostgreSQL database, cloned from the migrated one, and a Redis database, both for this test file only. Call
 * it at the start of the file. They are closed after the file's last test.
 *
 * @param migratedUrl a migrated, empty database on the server to use; by default the one of all test files
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
    // Drops the modules of an app process together with its environment.
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
    // With a clock that does not advance no answer is slow, so none is reused.
    slowAnswers: createSlowAnswers(() => 0),
    databaseUrl,
    redisUrl,
  };
}

/** Returns the next unused database of the server. Database 0 counts the used ones. */
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
