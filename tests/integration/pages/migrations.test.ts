import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, inject, it } from "vitest";
import { createPool } from "#app/data/pool.server.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const MIGRATION = `
  CREATE TABLE "First" ("id" TEXT NOT NULL);
  ALTER TABLE "Shown" ADD COLUMN "note" TEXT;`;

const { pool: server } = await openTestDeps();
const name = `migrating_${process.pid}_${Date.now()}`;
const url = Object.assign(new URL(inject("templateDatabaseUrl")), { pathname: `/${name}` }).href;
await server.query(`CREATE DATABASE ${name}`);
const pool = createPool(url, 2);
const folder = mkdtempSync(join(tmpdir(), "migrations-"));
afterAll(async () => {
  await pool.end();
  await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
  rmSync(folder, { recursive: true });
});

/** Migrates as an operator does, with these migrations in place of the app's. */
async function deploy(migrations: Readonly<Record<string, string>>): Promise<number | null> {
  copyFileSync("prisma/schema.prisma", join(folder, "schema.prisma"));
  mkdirSync(join(folder, "migrations"), { recursive: true });
  copyFileSync("prisma/migrations/migration_lock.toml", join(folder, "migrations/migration_lock.toml"));
  for (const [migration, text] of Object.entries(migrations)) {
    mkdirSync(join(folder, "migrations", migration), { recursive: true });
    writeFileSync(join(folder, "migrations", migration, "migration.sql"), text);
  }
  const child = spawn("prisma", ["migrate", "deploy", "--schema", join(folder, "schema.prisma")], {
    env: { ...process.env, DATABASE_URL: url, CHECKPOINT_DISABLE: "1" },
    stdio: "ignore",
  });
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

/** Reads the table in a transaction that stays open while the work is done. */
async function whileRead<T>(work: () => Promise<T>): Promise<T> {
  const reader = await pool.connect();
  await reader.query(`BEGIN; SELECT * FROM "Shown"`);
  try {
    return await work();
  } finally {
    await reader.query("COMMIT");
    reader.release();
  }
}

it("a blocked migration fails and changes nothing; repeated, it succeeds", async () => {
  expect(await deploy({ "0_shown": `CREATE TABLE "Shown" ("id" TEXT NOT NULL)` })).toBe(0);
  expect(await whileRead(() => deploy({ "1_note": MIGRATION }))).toBe(1);
  const { rows } = await pool.query(`SELECT to_regclass('"First"') AS first`);
  expect(rows).toEqual([{ first: null }]);

  await pool.query(`DELETE FROM "_prisma_migrations" WHERE "finished_at" IS NULL`);
  expect(await deploy({ "1_note": MIGRATION })).toBe(0);
});

it("a migration takes as long as it needs, although the database limits statements to a second", async () => {
  await server.query(`ALTER DATABASE ${name} SET statement_timeout = '1s'`);
  expect(await deploy({ "3_long": `SELECT pg_sleep(1.5)` })).toBe(0);
});
