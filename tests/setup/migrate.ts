import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Brings a database to the newest schema.
 *
 * @throws Error in one line when the database cannot be reached or a migration fails
 */
export function migrate(databaseUrl: string): void {
  const done = spawnSync("prisma", ["migrate", "deploy"], {
    cwd: ROOT,
    // Without a network Prisma's check for news keeps the command alive for ten seconds after its work.
    env: { ...process.env, DATABASE_URL: databaseUrl, CHECKPOINT_DISABLE: "1" },
    encoding: "utf8",
  });
  if (done.status === 0) return;
  const lines = `${done.stdout}\n${done.stderr}`.split("\n").map((line) => line.trim());
  const reason = lines.findLast((line) => /error|P\d{4}|can't reach/i.test(line)) ?? lines.at(-1);
  throw new Error(
    `The database could not be migrated: ${reason}. Is DATABASE_URL right and PostgreSQL running?`,
  );
}
