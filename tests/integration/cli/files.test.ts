import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runToEnd } from "#tests/setup/run-to-end.ts";

const COMMANDS = ["forecast", "suggest", "rank"] as const;
let folder: string;
const at = (name: string) => join(folder, name);

/** Runs a line of shell in which `$forecast`, `$suggest` and `$rank` are the commands with their usual inputs. */
async function shell(line: string) {
  const commands = COMMANDS.map((command) => {
    const queries = command === "rank" ? ` --queries ${at("queries.jsonl")}` : "";
    return `${command}="${at("node")} jobs/cli/${command}.ts${queries}"`;
  });
  return runToEnd("bash", ["-c", `${commands.join("; ")}; set -o pipefail; ${line}`]);
}

const rows = Array.from({ length: 400 }, (_, order) =>
  [`p${order % 5}`, `p${(order + 1) % 5}`].map((sku) => {
    const day = String(1 + (order % 28)).padStart(2, "0");
    return `${order},2026-01-${day}T10:00:00,${sku},Title ${sku},1,5.00`;
  }),
).flat();
const LOG = ["order_id,ts,sku,title,qty,unit_price", ...rows].join("\n");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundlesmith-files-"));
  // A path without spaces, wherever the clone is, because the shell splits words.
  await symlink(process.execPath, at("node"));
  await writeFile(at("orders.csv"), LOG);
  await writeFile(at("orders.csv.gz"), gzipSync(LOG));
  await writeFile(at("queries.jsonl"), '{"id":1,"basket":["p0"]}\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(COMMANDS)("%s", (command) => {
  it("refuses to overwrite its input", async () => {
    const { code, stdout, stderr } = await shell(
      `$${command} --orders ${at("orders.csv")} --out ${at("orders.csv")}`,
    );
    expect(stderr).toBe(
      `${command}: --out: ${at("orders.csv")} is also what --orders reads, and would be lost\n`,
    );
    expect([code, stdout]).toEqual([2, ""]);
    expect(await readFile(at("orders.csv"), "utf8")).toBe(LOG);
  });

  it("reads a log from a pipe, compressed or not, as from a file", async () => {
    const file = await shell(`$${command} --orders ${at("orders.csv")}`);
    expect(file).toMatchObject({ code: 0, stderr: "" });
    for (const name of ["orders.csv", "orders.csv.gz"])
      expect(await shell(`cat ${at(name)} | $${command} --orders /dev/stdin`)).toEqual(file);
  });

  it("ends without an error when the reader closes the pipe", async () => {
    const { code, stderr } = await shell(`$${command} --orders ${at("orders.csv")} | true`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it.skipIf(!existsSync("/dev/full"))("ends with 2 and one line when the disk is full", async () => {
    const { code, stderr } = await shell(`$${command} --orders ${at("orders.csv")} > /dev/full`);
    expect(stderr).toMatch(/^\w+: stdout: cannot write the result: ENOSPC[^\n]*\n$/);
    expect(code).toBe(2);
  });
});

describe("a command that waits for a pipe without a writer", () => {
  it("ends when it is interrupted, and says so", async () => {
    // A pipe opens for writing once somebody reads it.
    const { code, stderr } = await shell(
      `mkfifo ${at("silent")}; $forecast --orders ${at("silent")} & exec 3> ${at("silent")}; kill -INT $!; wait $!`,
    );
    expect(stderr).toBe("forecast: interrupted, nothing written\n");
    expect(code).toBe(130);
  });
});

describe("forecast", () => {
  it("writes neither of two files when one of them cannot be written", async () => {
    await writeFile(at("daily.csv"), "before");
    const { code, stderr } = await shell(
      `$forecast --orders ${at("orders.csv")} --daily ${at("daily.csv")} --out ${at("none/out.csv")}`,
    );
    expect(stderr).toMatch(/^forecast: --out: cannot write [^\n]*\n$/);
    expect(code).toBe(2);
    expect(await readFile(at("daily.csv"), "utf8")).toBe("before");
    expect((await readdir(folder)).filter((name) => name.includes("tmp"))).toEqual([]);
  });

  it("explains why it writes no row for a day long after the last order", async () => {
    const { code, stdout, stderr } = await shell(`$forecast --orders ${at("orders.csv")} --as-of 2100-01-01`);
    expect(stderr).toBe(
      "forecast: no product is forecast: the last order before 2100-01-01 is of 2026-01-28, too long ago\n",
    );
    expect([code, stdout.trim().split("\n").length]).toEqual([0, 1]);
  });
});
