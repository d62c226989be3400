import type { TestProject } from "vitest/node";
import { migrate } from "./migrate.ts";
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
  const stop = async () => {
    await redis.stop();
    await postgres.stop();
  };
  try {
    await migrate(postgres.url);
  } catch (error) {
    // Otherwise they keep running and the test run does not end.
    await stop();
    throw error;
  }
  project.provide("templateDatabaseUrl", postgres.url);
  project.provide("redisUrl", redis.url);
  return stop;
}
