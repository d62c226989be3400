import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DONE = /All migrations have been successfully applied|No pending migrations to apply/;

/**
 * Migrates a database to the newest schema.
 *
 * @throws Error in one line when the database cannot be reached or a migration fails
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const child = spawn("prisma", ["migrate", "deploy"], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: databaseUrl, CHECKPOINT_DISABLE: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const isDone = await new Promise<boolean>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (!DONE.test(output)) return;
      // With the JavaScript engine the command idles for ten seconds after its work, so end it now.
      child.kill();
      resolve(true);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", (code) => resolve(code === 0));
  });
  if (isDone) return;
  const lines = output.split("\n").map((line) => line.trim());
  const reason = lines.findLast((line) => /error|P\d{4}|can't reach/i.test(line)) ?? lines.at(-1);
  throw new Error(
    `The database could not be migrated: ${reason}. Is DATABASE_URL right and PostgreSQL running?`,
  );
}
