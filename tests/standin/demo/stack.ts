import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { migrate } from "#tests/setup/migrate.ts";
import { startPostgres, startRedis, stopProcess, type Service } from "#tests/setup/services.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import { startStandin, type Standin } from "#tests/standin/start-standin.ts";
import type { Teardown } from "./teardown.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PRELOAD = new URL("../preload.mjs", import.meta.url).href;
const WEB_READY_TIMEOUT_MS = 300_000;

/** All running parts: PostgreSQL, Redis, the stand-in for Shopify, the app's web process and its workers. */
export interface Stack {
  readonly shop: string;
  readonly appUrl: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly standin: Standin;
}

export interface StackOptions {
  readonly adminPort: number;
  readonly appPort: number;
  /** Refill rate of the stand-in's Admin API in points per second; Shopify's plans have 100 to 2000. */
  readonly apiPointsPerSecond: number;
  /** Servers that already run; by default new ones, never those of the environment, which can be a real shop's. */
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
  /** The shop, already filled. */
  readonly state: ShopState;
  readonly say: (text: string) => void;
  /** Called when one of the app's processes exits unexpectedly. */
  readonly onCrash: (text: string) => void;
}

/**
 * Starts the whole stack.
 *
 * @param teardown receives the stop function of each part as soon as it runs
 * @throws Error in one line when a part does not start
 */
export async function startStack(options: StackOptions, teardown: Teardown): Promise<Stack> {
  const keep = async (service: Service) => {
    await teardown.add(() => service.stop());
    return service.url;
  };
  options.say("Starting PostgreSQL and Redis");
  const databaseUrl = options.databaseUrl ?? (await keep(await startPostgres()));
  const redisUrl = options.redisUrl ?? (await keep(await startRedis()));
  await migrate(databaseUrl);

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
  await teardown.add(() => standin.stop());

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
    // This key protects nothing. It is constant, so that a database that outlives the demo can be opened again.
    ENCRYPTION_KEYS: `demo:${Buffer.alloc(32, "demo").toString("base64")}`,
    PORT: String(options.appPort),
    SHUTDOWN_WAIT_SECONDS: "0",
    APP_BRIDGE_URL: `${standin.url}/app-bridge.js`,
    TRUSTED_PROXIES: "loopback",
    // Two workers cannot share the environment's.
    METRICS_PORT: "",
    LOG_LEVEL: process.env["LOG_LEVEL"] ?? "warn",
  };
  const start = async (name: string, args: string[]) => {
    // Their output goes to stderr: stdout belongs to the demo's one JSON line.
    const child = spawn("node", args, { cwd: ROOT, env, stdio: ["ignore", 2, 2] });
    child.once("exit", (code) => {
      if (!teardown.isRunning)
        options.onCrash(`The ${name} ended by itself (exit ${code}); see the lines above.`);
    });
    await teardown.add(() => stopProcess(child));
    return child;
  };
  options.say("Starting the app and its workers");
  const web = await start("web process", ["app/web.ts"]);
  await start("worker", ["jobs/worker.ts", "--queues", "ingest,read,import,propose,publish,evaluate"]);
  await start("training worker", ["jobs/worker.ts", "--queues", "train"]);
  await waitUntilHealthy(`${appUrl}/healthz`, web);
  return { shop, appUrl, databaseUrl, redisUrl, standin };
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
