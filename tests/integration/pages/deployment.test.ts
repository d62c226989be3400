import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { openDatabase } from "#app/data/db.server.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { listStorm, signStorm } from "#tests/factories/webhook-storm.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import { until, untilOk } from "#tests/setup/patience.ts";
import { runToEnd } from "#tests/setup/run-to-end.ts";
import { startPostgres, stopProcess, type Service } from "#tests/setup/services.ts";
import { ENCRYPTION_KEYS } from "#tests/setup/test-deps.ts";

/**
 * The parts of `compose.yaml` that run without Docker: its commands with their environment, its database role and its
 * Redis password, in the order of their dependencies. Containers, networks and memory limits are not covered.
 */
interface Compose {
  readonly services: Readonly<
    Record<
      "web" | "worker" | "train" | "migrate" | "postgres" | "redis",
      {
        readonly command?: string;
        readonly environment: Readonly<Record<string, string>>;
        readonly healthcheck?: { readonly test: readonly string[] };
      }
    >
  >;
  readonly configs: { readonly role: { readonly content: string } };
}

/** The contents of `.env`; secrets are letters and digits. */
const GIVEN: Readonly<Record<string, string>> = {
  POSTGRES_PASSWORD: randomBytes(24).toString("hex"),
  POSTGRES_ADMIN_PASSWORD: randomBytes(24).toString("hex"),
  REDIS_PASSWORD: randomBytes(24).toString("hex"),
  SHOPIFY_API_KEY: "key",
  SHOPIFY_API_SECRET: "secret",
  SHOPIFY_APP_URL: "https://app.example",
  ENCRYPTION_KEYS,
  SHOPIFY_API_SECRET_BEFORE: "former",
};
const { services, configs } = parse(
  readFileSync("compose.yaml", "utf8").replace(
    /\$\{(\w+):(?:\?[^}]*|-(\w*))\}/g,
    (_, name: string, otherwise?: string) => GIVEN[name] ?? otherwise!,
  ),
  { merge: true },
) as Compose;

const redisFolder = mkdtempSync(join(tmpdir(), "deployment-"));
const stops: (() => Promise<unknown>)[] = [() => Promise.resolve(rmSync(redisFolder, { recursive: true }))];
let postgres: Service;
let [postgresPort, redisPort, webPort] = ["", "", ""];

const connect = async (url: string): Promise<Client> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
};
const urlOf = (role: string, password: string, database: string) =>
  `postgresql://${role}:${password}@127.0.0.1:${postgresPort}/${database}`;
const asApp = () => connect(urlOf("bundlesmith", GIVEN["POSTGRES_PASSWORD"]!, "bundlesmith"));

/** The service's environment with its hosts on loopback. */
function environmentOf(name: keyof Compose["services"]): Record<string, string> {
  const entries = Object.entries(services[name].environment).map(([key, value]) => [
    key,
    value
      .replace("@postgres:5432", `@127.0.0.1:${postgresPort}`)
      .replace("@redis:6379", `@127.0.0.1:${redisPort}`),
  ]);
  return { ...(Object.fromEntries(entries) as Record<string, string>), PATH: process.env["PATH"]! };
}

function start(name: keyof Compose["services"], command: string, more: Record<string, string> = {}) {
  const [file, ...args] = command.split(" ");
  // In an environment of its own, like a container.
  const child = spawn(file!, args, {
    env: { NODE_ENV: "production", LOG_LEVEL: "error", ...environmentOf(name), ...more },
    stdio: ["ignore", "ignore", "inherit"],
  });
  stops.push(() => stopProcess(child));
  return child;
}

/** Creates the role as the image's own script does: with a superuser "postgres", and `psql` for the role's script. */
async function makeRole(): Promise<void> {
  const former = await connect(postgres.url.replace(/\/bundlesmith$/, "/postgres"));
  await former.query(`CREATE ROLE postgres SUPERUSER LOGIN PASSWORD '${GIVEN["POSTGRES_ADMIN_PASSWORD"]}'`);
  await former.end();
  const urlOfAdmin = (database: string) => urlOf("postgres", GIVEN["POSTGRES_ADMIN_PASSWORD"]!, database);
  let admin = await connect(urlOfAdmin("postgres"));
  await admin.query("ALTER ROLE bundlesmith RENAME TO former");
  await admin.query("ALTER DATABASE bundlesmith RENAME TO former");
  const [, script] = /<<'SQL'\n([\s\S]*)\nSQL/.exec(configs.role.content)!;
  for (const line of script!.split("\n")) {
    const [, database] = /^\\c (\w+)$/.exec(line) ?? [];
    if (database === undefined) {
      await admin.query(line.replace(":'password'", `'${GIVEN["POSTGRES_PASSWORD"]}'`));
      continue;
    }
    await admin.end();
    admin = await connect(urlOfAdmin(database));
  }
  await admin.end();
}

beforeAll(async () => {
  postgres = await startPostgres();
  stops.push(() => postgres.stop());
  [redisPort, webPort] = [String(await findFreePort()), String(await findFreePort())];
  postgresPort = new URL(postgres.url).port;
  await makeRole();
  start("redis", `${services.redis.command} --bind 127.0.0.1 --port ${redisPort} --dir ${redisFolder}`);
  const migrating = start("migrate", services.migrate.command!, {
    CHECKPOINT_DISABLE: "1",
    HOME: redisFolder,
  });
  const code = await new Promise((resolve) => migrating.once("exit", resolve));
  expect(code).toBe(0);
});
afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
});

describe("the services of compose.yaml", () => {
  it("give the app a role that can create neither role nor database, and owns only its tables", async () => {
    const app = await asApp();
    await expect(app.query("CREATE ROLE another")).rejects.toThrow("permission denied");
    await expect(app.query("CREATE DATABASE another")).rejects.toThrow("permission denied");
    await expect(app.query("SELECT pg_read_file('/etc/passwd')")).rejects.toThrow("permission denied");
    const { rows } = await app.query<{ owner: string }>(
      `SELECT DISTINCT tableowner AS owner FROM pg_tables WHERE schemaname = 'public'`,
    );
    expect(rows).toEqual([{ owner: "bundlesmith" }]);
    await app.end();
    await expect(connect(urlOf("bundlesmith", "guessed", "bundlesmith"))).rejects.toThrow("password");
  });

  it("have a Redis that answers nobody without the password", async () => {
    const stranger = new Redis(Number(redisPort), "127.0.0.1", {
      lazyConnect: true,
      enableReadyCheck: false,
    });
    await expect(stranger.ping()).rejects.toThrow("NOAUTH");
    stranger.disconnect();
    const { host, password } = new URL(environmentOf("web")["REDIS_URL"]!);
    const own = new Redis(`redis://:${password}@${host}`);
    expect(await own.config("GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "noeviction"]);
    expect(await own.config("GET", "appendonly")).toEqual(["appendonly", "yes"]);
    own.disconnect();
  });

  it("run the web process and both workers with the same commands until all are ready", async () => {
    start("web", "node app/web.ts", { PORT: webPort });
    const url = `http://127.0.0.1:${webPort}`;
    await untilOk(`${url}/readyz/pages`);
    const [, file, ...args] = services.web.healthcheck!.test;
    const ownArgs = args.map((arg) => arg.replace("127.0.0.1:3000", `127.0.0.1:${webPort}`));
    expect((await runToEnd(file!, ownArgs)).code).toBe(0);
    for (const name of ["worker", "train"] as const) {
      const port = String(await findFreePort());
      start(name, services[name].command!, { METRICS_PORT: port });
      await untilOk(`http://127.0.0.1:${port}/readyz`);
    }
    const shop = "composed.myshopify.com";
    const { db, close } = openDatabase(urlOf("bundlesmith", GIVEN["POSTGRES_PASSWORD"]!, "bundlesmith"));
    stops.push(close);
    await db.shop.create({ data: shopRow(shop) });
    const [webhook] = listStorm(1);
    for (const name of ["SHOPIFY_API_SECRET", "SHOPIFY_API_SECRET_BEFORE"]) {
      const headers = signStorm(webhook!, { shop, secret: GIVEN[name]! });
      const answer = await fetch(`${url}/webhooks`, { method: "POST", headers, body: webhook!.rawBody });
      expect(answer.status).toBe(200);
    }
    await until(() => db.order.findFirst({ where: { shop } }), "the worker has saved the order");
  });
});
