import { spawnSync } from "node:child_process";
import type { TestProject } from "vitest/node";
import { startPostgres, startRedis } from "./services.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A migrated, empty database; tests clone it and never write into it. */
    templateDatabaseUrl: string;
    redisUrl: string;
  }
}

/** Starts PostgreSQL and Redis once for all test files that need them, and stops both at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const migrated = spawnSync("prisma", ["migrate", "deploy"], {
    env: { ...process.env, DATABASE_URL: postgres.url },
    encoding: "utf8",
  });
  if (migrated.status !== 0) throw new Error(`prisma migrate deploy failed: ${migrated.stderr}`);
  project.provide("templateDatabaseUrl", postgres.url);
  project.provide("redisUrl", redis.url);
  return async () => {
    await redis.stop();
    await postgres.stop();
  };
}
