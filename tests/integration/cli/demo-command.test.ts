import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findFreePort } from "#tests/setup/free-port.ts";
import { LEARNING_PATIENCE_MS, until } from "#tests/setup/patience.ts";
import { stopProcess } from "#tests/setup/services.ts";
import { toEngineCsv } from "#tests/standin/simulator/order-export-csv.ts";
import { simulateShop } from "#tests/standin/simulator/simulate-shop.ts";

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const children = new Set<ReturnType<typeof spawn>>();
/** In the environment of every process that these tests start, directly or not. */
const MARK = `BUNDLESMITH_TEST_MARK=${randomUUID()}`;
const markedEnv = { ...process.env, [MARK.split("=")[0]!]: MARK.split("=")[1]! };

afterEach(async () => {
  for (const child of children) await stopProcess(child);
  children.clear();
});

/** Runs the demo as its npm script does after the set-up. */
async function runDemo(args: string[]): Promise<Ended> {
  const child = spawn("node", ["tests/standin/demo/main.ts", ...args], { env: markedEnv });
  children.add(child);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { code, stdout, stderr };
}

const lines = (text: string) => text.trim().split("\n");

describe("npm run demo", () => {
  it("refuses an unknown flag in one line", async () => {
    const { code, stderr } = await runDemo(["--frobnicate"]);
    expect(code).toBe(2);
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toContain("--frobnicate");
    expect(stderr).toContain("usage: npm run demo");
  });

  it("names an order log that does not exist", async () => {
    const { code, stderr } = await runDemo(["--once", "--orders", "no-such-file.csv"]);
    expect(code).toBe(2);
    expect(lines(stderr)).toEqual(["--orders: no file no-such-file.csv; expected an order log, CSV or gzip"]);
  });

  it("names the port in use and the flag that chooses another", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const { code, stderr } = await runDemo(["--port", String(port)]);
    server.close();
    expect(code).toBe(1);
    expect(lines(stderr)).toEqual([
      `Port ${port} is in use. Stop the process that uses it or choose another with --port N.`,
    ]);
  });

  it("keeps every promise on its own servers with few orders and no discount, stays up, and leaves nothing after Ctrl-C", async () => {
    // What an operator's shell holds is for other servers, which the demo must not touch.
    const nowhere = { DATABASE_URL: "postgresql://127.0.0.1:1/none", REDIS_URL: "redis://127.0.0.1:1" };
    const env = { ...markedEnv, ...nowhere, METRICS_PORT: String(await findFreePort()) };
    const history = simulateShop({
      seed: 3,
      products: 40,
      ordersTotal: 800,
      days: 200,
      endAtMs: Date.now(),
    });
    const folder = await mkdtemp(join(tmpdir(), "bundlesmith-demo-"));
    await writeFile(join(folder, "orders.csv"), toEngineCsv(history));
    const [port, appPort] = [String(await findFreePort()), String(await findFreePort())];
    const ports = ["--port", port, "--app-port", appPort];
    const child = spawn(
      "node",
      ["tests/standin/demo/main.ts", "--json", ...ports, "--orders", join(folder, "orders.csv")],
      // A process group of its own, which a terminal's Ctrl-C would reach as a whole.
      { detached: true, env, stdio: ["ignore", "pipe", "pipe"] },
    );
    children.add(child);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const hasGoneRound = () => {
      if (child.exitCode !== null) throw new Error(`the demo ended with ${child.exitCode}: ${stderr}`);
      return stderr.includes("Ctrl-C stops everything");
    };
    await until(hasGoneRound, "the loop has gone round", LEARNING_PATIENCE_MS);
    await rm(folder, { recursive: true });
    expect(stderr).toContain(`http://127.0.0.1:${port}/admin`);
    expectPromisesKept(stdout);
    const storefront = await fetch(`http://127.0.0.1:${port}/`);
    expect(storefront.status).toBe(200);

    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    process.kill(-child.pid!, "SIGINT");
    expect(await ended).toBe(0);
    expect(lines(stderr).at(-1)).toMatch(/Stopping$/);
    expect(listLeftOvers()).toEqual([]);
  });
});

/** Checks the figures that the demo prints on stdout. */
function expectPromisesKept(stdout: string): void {
  expect(lines(stdout)).toHaveLength(1);
  const figures = JSON.parse(stdout) as Record<string, number | boolean | object>;
  expect(figures["proposed"]).toBeGreaterThan(0);
  expect(figures["published"]).toBeGreaterThan(0);
  expect(figures["offersOnStorefront"]).toBe(figures["published"]);
  expect(figures["widgetPriceMinor"]).toBe(figures["checkoutPriceMinor"]);
  expect(figures["conversionRecorded"]).toBe(true);
  expect(figures["uplift"]).toMatchObject({
    answer: { text: expect.stringMatching(/\.$/) as string },
    arms: [{ visitors: expect.stringMatching(/^\d/) as string }, { name: expect.any(String) as string }],
  });
}

/** Command lines of processes from these tests that still run. */
function listLeftOvers(): string[] {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return processes.flatMap((id) => {
    try {
      if (!readFileSync(`/proc/${id}/environ`, "utf8").split("\0").includes(MARK)) return [];
      return [readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ")];
    } catch {
      return []; // It ended in the meantime, or belongs to another user.
    }
  });
}
