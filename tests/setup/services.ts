import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findFreePort } from "./free-port.ts";
import { PATIENCE_MS } from "./patience.ts";

export interface Service {
  readonly url: string;
  /** Where it keeps what it has. */
  readonly folder: string;
  stop(): Promise<void>;
}

interface PostgresOptions {
  /** Whether it waits for the disk, as a server does that keeps what it was given. */
  readonly isDurable?: boolean;
  /** A free one unless it is given. */
  readonly port?: number;
  /** A copy of such a server's `data`, as a tar file, that it goes on from. */
  readonly backup?: string;
}

/** More than there are test files, each of which takes one; an empty one costs next to nothing. */
const REDIS_DATABASES = 4_096;
const POSTGRES_PROCESS = fileURLToPath(new URL("./postgres-process.ts", import.meta.url));

/**
 * Starts a real PostgreSQL on a free port, with an empty database, in a temporary folder that `stop` removes. It
 * also stops when this process ends in any other way.
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
    // Out of reach of the terminal's Ctrl-C: who uses the database is stopped before it.
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
 * Starts a Redis (or Valkey) of this process's own, on a free port unless one is given; the append-only file is on, so that a killed
 * one comes back with its jobs.
 *
 * @throws Error with the command to run when neither `redis-server` nor `valkey-server` is on the PATH
 */
export async function startRedis({ port: givenPort }: { port?: number } = {}): Promise<Service> {
  const binary = ["redis-server", "valkey-server"].find(
    (name) => spawnSync(name, ["--version"]).status === 0,
  );
  if (!binary) {
    throw new Error(
      "No redis-server or valkey-server on the PATH. Install one (Debian: apt-get install redis-server; " +
        "macOS: brew install redis) or set REDIS_URL.",
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

/** Asks a child to end, and ends it after half a minute if it has not. Resolves once it is gone. */
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
