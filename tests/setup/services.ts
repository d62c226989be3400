import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findFreePort } from "./free-port.ts";
import { PATIENCE_MS } from "./patience.ts";

export interface Service {
  readonly url: string;
  /** Folder with its data. */
  readonly folder: string;
  stop(): Promise<void>;
}

interface PostgresOptions {
  /** Whether it waits for the disk (fsync), as a production server does. */
  readonly isDurable?: boolean;
  /** By default a free port. */
  readonly port?: number;
  /** A tar file of another server's `data` to start from. */
  readonly backup?: string;
}

/** More than the number of test files, which use one each. An empty database takes almost no memory. */
const REDIS_DATABASES = 4_096;
const POSTGRES_PROCESS = fileURLToPath(new URL("./postgres-process.ts", import.meta.url));

/**
 * Starts a real PostgreSQL on a free port, with an empty database, in a temporary folder that `stop` removes. It also
 * stops when this process ends without `stop`.
 */
export async function startPostgres({
  isDurable = false,
  port: givenPort,
  backup,
}: PostgresOptions = {}): Promise<Service> {
  const folder = await mkdtemp(join(tmpdir(), "bundlesmith-postgres-"));
  // The server runs as another user when this one is root.
  await chmod(folder, 0o755);
  if (backup !== undefined) {
    await mkdir(join(folder, "data"));
    spawnSync("tar", ["-xpf", backup, "-C", join(folder, "data")], { stdio: "inherit" });
  }
  const port = givenPort ?? (await findFreePort());
  const child = spawn("node", [POSTGRES_PROCESS, folder, String(port), isDurable ? "on" : "off"], {
    // The terminal's Ctrl-C does not reach it, so the users of the database stop first.
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
  });
  await waitForLine(child, "ready");
  return {
    url: `postgresql://bundlesmith:bundlesmith@127.0.0.1:${port}/bundlesmith`,
    folder,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = new Promise((resolve) => child.once("exit", resolve));
        child.stdin.end();
        await gone;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Starts a Redis (or Valkey) for this process, by default on a free port. The append-only file is on, so a killed
 * server restarts with its jobs.
 *
 * @throws Error with the install command if neither `redis-server` nor `valkey-server` is on the PATH
 */
export async function startRedis({ port: givenPort }: { port?: number } = {}): Promise<Service> {
  const binary = ["redis-server", "valkey-server"].find(
    (name) => spawnSync(name, ["--version"]).status === 0,
  );
  if (!binary) {
    throw new Error(
      "No redis-server or valkey-server on the PATH. Install one (Debian: apt-get install redis-server; " +
        "macOS: brew install redis).",
    );
  }
  const folder = await mkdtemp(join(tmpdir(), "bundlesmith-redis-"));
  const port = givenPort ?? (await findFreePort());
  const child = spawn(
    binary,
    [
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
      ...["--databases", String(REDIS_DATABASES), "--appendonly", "yes", "--save", ""],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await waitForLine(child, "Ready to accept connections");
  return {
    url: `redis://127.0.0.1:${port}`,
    folder,
    async stop() {
      await stopProcess(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Sends SIGTERM to a child process, and SIGKILL after 30 seconds. Resolves when the process has ended. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const killTimer = setTimeout(() => child.kill("SIGKILL"), 30_000);
  await gone;
  clearTimeout(killTimer);
}

async function waitForLine(child: ChildProcess, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let output = "";
    const timer = setTimeout(
      () => reject(new Error(`not ready in time: ${output.slice(-500)}`)),
      PATIENCE_MS,
    );
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new Error(`ended with ${code} before it was ready: ${output.slice(-500)}`)),
    );
    child.stdout?.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000);
      if (!output.includes(text)) return;
      clearTimeout(timer);
      resolve();
    });
  });
}
