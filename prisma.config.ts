import { PrismaPg } from "@prisma/adapter-pg";
import { defineConfig } from "prisma/config";
import { createPool } from "./app/data/pool.server.ts";

// `generate` connects to nothing, but without an address it falls back to the Rust engines.
const databaseUrl = (process.env["DATABASE_URL"] ??= "postgresql://DATABASE_URL.is.not.set");

/**
 * Prisma's Rust engines are downloads that an offline machine cannot fetch, so the schema commands run on
 * the JavaScript engine over the same driver adapter as the app.
 */
export default defineConfig({
  schema: "prisma/schema.prisma",
  experimental: { adapter: true },
  engine: "js",
  adapter: async () => new PrismaPg(createPool(databaseUrl) as never),
});
