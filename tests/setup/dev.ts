import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { migrate } from "./migrate.ts";
import { startPostgres, startRedis, stopProcess } from "./services.ts";

/**
 * The command that `shopify app dev` runs: the pages with live reload and the workers, against a development shop. The
 * CLI sets the app's keys, and `HOST` to the URL of its tunnel. Starts a temporary PostgreSQL and Redis unless
 * `DATABASE_URL` and `REDIS_URL` are set; their data is lost at the end.
 */
const stops: (() => Promise<void>)[] = [];
let isStopping = false;

async function stop(code: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  for (const stopPart of stops.toReversed()) await stopPart();
  process.exit(code);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop(0));

function start(command: string, args: string[], env: NodeJS.ProcessEnv): void {
  const child = spawn(command, args, { env, stdio: ["ignore", "inherit", "inherit"] });
  stops.push(() => stopProcess(child));
  child.once("exit", (code) => void stop(code ?? 1));
}

try {
  const appUrl = process.env["SHOPIFY_APP_URL"] ?? process.env["HOST"];
  if (!appUrl || !process.env["SHOPIFY_API_KEY"]) {
    throw new Error(
      "HOST and SHOPIFY_API_KEY are not set. Start this by `npm run dev`: the Shopify CLI sets them.",
    );
  }
  const keep = (service: { url: string; stop(): Promise<void> }) => {
    stops.push(() => service.stop());
    return service.url;
  };
  const env = {
    ...process.env,
    SHOPIFY_APP_URL: appUrl,
    DATABASE_URL: process.env["DATABASE_URL"] ?? keep(await startPostgres()),
    REDIS_URL: process.env["REDIS_URL"] ?? keep(await startRedis()),
    ENCRYPTION_KEYS: process.env["ENCRYPTION_KEYS"] ?? `dev:${randomBytes(32).toString("base64")}`,
  };
  await migrate(env.DATABASE_URL);
  start("node", ["jobs/worker.ts"], env);
  start("remix", ["vite:dev"], env);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  await stop(1);
}
