import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "#app/domain/random.ts";

let folder: string;

/** Two years of bookings by departure; ski pass and boots leave together, nearly all of them in winter. */
function toLog(): string {
  const random = seededRandom(9);
  const rows = ["order_id,ts,sku,title,qty,unit_price"];
  for (let booking = 0; booking < 6_000; booking++) {
    const day = Math.floor((booking * 700) / 6_000);
    const departure = new Date(Date.UTC(2024, 0, 1) + day * 86_400_000);
    const isWinter = [11, 0, 1].includes(departure.getUTCMonth());
    const add = (sku: string) => rows.push(`b${booking},${departure.toISOString()},${sku},${sku},1,90.00`);
    const draw = random();
    const [both, one] = isWinter ? [0.2, 0.1] : [0.01, 0.01];
    if (draw < both + one) add("Ski pass");
    if (draw < both || (draw >= both + one && draw < both + 2 * one)) add("Boot rental");
    add(`Hotel ${"ABCDEFGHIJKL"[Math.floor(random() * 12)]}`);
  }
  return rows.join("\n");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundlesmith-travel-"));
  await writeFile(join(folder, "orders.csv"), toLog());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("suggest on a travel shop's bookings", () => {
  it("proposes the winter package for the coming winter", async () => {
    const out = join(folder, "bundles.json");
    const args = ["--orders", join(folder, "orders.csv"), "--as-of", "2025-11-28", "--out", out];
    const child = spawn(process.execPath, ["jobs/cli/suggest.ts", ...args], { stdio: "ignore" });
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
    const { bundles } = JSON.parse(await readFile(out, "utf8")) as {
      bundles: { kind: string; components: { sku: string }[]; evidence: { kind: string; text: string }[] }[];
    };
    const winter = bundles.find(
      ({ components }) =>
        components
          .map(({ sku }) => sku)
          .sort()
          .join() === "Boot rental,Ski pass",
    );
    expect(winter?.kind).toBe("seasonal");
    expect(winter?.evidence.find(({ kind }) => kind === "season")?.text).toMatch(/same weeks last year/);
  });
});
