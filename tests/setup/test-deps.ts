import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import pg from "pg";
import { inject } from "vitest";
import type { Deps } from "#app/deps.server.ts";
import { openDatabase } from "#app/db.server.ts";
import { createLog } from "#app/log.server.ts";
import { openSecretBox } from "#app/secret-box.server.ts";
import { createSlowAnswers } from "#app/slow-answers.server.ts";
import { openJobQueue } from "#jobs/queue.server.ts";
import { PATIENCE_MS } from "./patience.ts";

/** A key for tests alone. */
export const ENCRYPTION_KEYS = `test:${Buffer.alloc(32, 7).toString("base64")}`;

export interface TestDeps extends Deps {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  close(): Promise<void>;
}

/** A database and a Redis of this test file's own: the first is cloned from the migrated one, the second emptied. */
export async function openTestDeps(): Promise<TestDeps> {
  const templateUrl = new URL(inject("templateDatabaseUrl"));
  const redisUrl = inject("redisUrl");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await runOnServer(templateUrl, `CREATE DATABASE ${name} TEMPLATE "${templateUrl.pathname.slice(1)}"`);
  const databaseUrl = Object.assign(new URL(templateUrl), { pathname: `/${name}` }).href;

  const redis = new Redis(redisUrl);
  await redis.flushall();
  redis.disconnect();

  const database = openDatabase(databaseUrl);
  const jobs = openJobQueue(redisUrl, { deadlineMs: PATIENCE_MS });
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
    async close() {
      await jobs.close();
      await database.close();
      await runOnServer(templateUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function runOnServer(anyDatabase: URL, sql: string): Promise<void> {
  const client = new pg.Client(Object.assign(new URL(anyDatabase), { pathname: "/postgres" }).href);
  await client.connect();
  await client.query(sql);
  await client.end();
}
