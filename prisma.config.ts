import { PrismaPg } from "@prisma/adapter-pg";
import { defineConfig } from "prisma/config";
import { createPool } from "./app/data/pool.server.ts";

// `generate` connects to nothing, but without an address it falls back to the Rust engines.
const databaseUrl = (process.env["DATABASE_URL"] ??= "postgresql://DATABASE_URL.is.not.set");

/**
 * A waiting migration blocks all that comes after it, so it does not wait long. What it does can take hours; with 0, the
 * driver would leave the limit of the role or database in place.
 */
const TIME_LIMITS = { statement_timeout: 2_147_483_647, lock_timeout: 5_000 };

/** Runs each migration as a whole or not at all. Prisma's adapter would leave the statements before a failure. */
class WholeMigrations extends PrismaPg {
  override async connect() {
    const adapter = await super.connect();
    const runOneByOne = adapter.executeScript.bind(adapter);
    adapter.executeScript = async (script) => {
      // PostgreSQL builds an index CONCURRENTLY only outside of transactions. It blocks nobody while it waits for them.
      if (script.includes("CONCURRENTLY"))
        await runOneByOne(`SET lock_timeout = 0; ${script}; RESET lock_timeout`);
      else await adapter.executeRaw({ sql: script, args: [], argTypes: [] });
    };
    return adapter;
  }
}

/**
 * Prisma's Rust engines are downloads that an offline machine cannot fetch, so the schema commands run on
 * the JavaScript engine over the same driver adapter as the app.
 */
export default defineConfig({
  schema: "prisma/schema.prisma",
  experimental: { adapter: true },
  engine: "js",
  adapter: async () => new WholeMigrations(createPool(databaseUrl, 1, TIME_LIMITS) as never),
});
