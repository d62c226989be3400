import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { startPostgres, startRedis, stopProcess, type Service } from "#tests/setup/services.ts";
import type { ShopState } from "#tests/standin/shop-state.ts";
import { startStandin, type Standin } from "#tests/standin/start-standin.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PRELOAD = new URL("../preload.mjs", import.meta.url).href;
const WEB_READY_TIMEOUT_MS = 60_000;

/** Everything that runs: PostgreSQL, Redis, the stand-in for Shopify, the app's web process and its workers. */
export interface Stack {
  readonly shop: string;
  readonly appUrl: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly standin: Standin;
  /** Stops all of it, the last started first. Safe to call twice. */
  stop(): Promise<void>;
}

export interface StackOptions {
  readonly adminPort: number;
  readonly appPort: number;
  /** Points per second that the stand-in's Admin API gives back; Shopify's plans have 100 to 2000. */
  readonly apiPointsPerSecond: number;
  /** The shop, already filled. */
  readonly state: ShopState;
  readonly say: (text: string) => void;
  /** Called when one of the app's processes ends by itself. */
  readonly onCrash: (text: string) => void;
}

/**
 * Starts the whole stack. PostgreSQL and Redis are those of `DATABASE_URL` and `REDIS_URL` where these are set.
 *
 * @throws Error in one line when a part does not start; what was started before it is stopped again
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const stops: (() => Promise<void>)[] = [];
  let isStopping = false;
  const stop = async () => {
    isStopping = true;
    for (const stopPart of stops.splice(0).toReversed()) await stopPart();
  };
  const keep = (service: Service) => {
    stops.push(() => service.stop());
    return service.url;
  };
  try {
    options.say("Starting PostgreSQL and Redis");
    const databaseUrl = process.env["DATABASE_URL"] ?? keep(await startPostgres());
    const redisUrl = process.env["REDIS_URL"] ?? keep(await startRedis());
    migrate(databaseUrl);

    const shop = options.state.domain;
    const appUrl = `http://127.0.0.1:${options.appPort}`;
    const apiKey = randomBytes(16).toString("hex");
    const apiSecret = randomBytes(32).toString("hex");
    const standin = await startStandin({
      port: options.adminPort,
      state: options.state,
      appUrl,
      apiKey,
      apiSecret,
      apiPointsPerSecond: options.apiPointsPerSecond,
    });
    stops.push(() => standin.stop());

    const env = {
      ...process.env,
      NODE_ENV: "production" as const,
      NODE_OPTIONS: `--import=${PRELOAD}`,
      STANDIN_URL: standin.url,
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      SHOPIFY_API_KEY: apiKey,
      SHOPIFY_API_SECRET: apiSecret,
      SHOPIFY_APP_URL: appUrl,
      PORT: String(options.appPort),
      APP_BRIDGE_URL: `${standin.url}/app-bridge.js`,
      LOG_LEVEL: process.env["LOG_LEVEL"] ?? "warn",
    };
    const start = (name: string, args: string[]) => {
      const child = spawn("node", args, { cwd: ROOT, env, stdio: ["ignore", "inherit", "inherit"] });
      stops.push(() => stopProcess(child));
      child.once("exit", (code) => {
        if (!isStopping) options.onCrash(`The ${name} ended by itself (exit ${code}); see the lines above.`);
      });
      return child;
    };
    options.say("Starting the app and its workers");
    const web = start("web process", ["app/web.ts"]);
    start("worker", ["jobs/worker.ts", "--queues", "ingest,propose,publish,evaluate"]);
    start("training worker", ["jobs/worker.ts", "--queues", "train"]);
    await waitUntilHealthy(`${appUrl}/healthz`, web);
    return { shop, appUrl, databaseUrl, redisUrl, standin, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function migrate(databaseUrl: string): void {
  const done = spawnSync("prisma", ["migrate", "deploy"], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: databaseUrl },
    encoding: "utf8",
  });
  if (done.status === 0) return;
  const reason = done.stderr.split("\n").find((line) => /error|P\d{4}/i.test(line)) ?? done.stderr.trim();
  throw new Error(
    `The database at DATABASE_URL could not be migrated: ${reason}. Is it running and reachable?`,
  );
}

async function waitUntilHealthy(url: string, web: ChildProcess): Promise<void> {
  const deadline = Date.now() + WEB_READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (web.exitCode !== null) throw new Error("The web process did not start; see the lines above.");
    const isHealthy = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isHealthy) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`The web process did not answer ${url} within ${WEB_READY_TIMEOUT_MS / 1000} s.`);
}
