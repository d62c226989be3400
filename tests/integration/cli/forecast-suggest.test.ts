import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { runToEnd } from "#tests/setup/run-to-end.ts";

let folder: string;
const at = (name: string) => join(folder, name);

function run(command: "forecast" | "suggest", ...args: string[]) {
  return runToEnd(process.execPath, [`jobs/cli/${command}.ts`, ...args]);
}

/** 1,500 orders over 300 days. A razor and its foam share far more orders than by chance. */
function toLog(): string {
  const random = seededRandom(5);
  const rows: string[] = [];
  for (let order = 0; order < 1_500; order++) {
    const ts = new Date(Date.UTC(2026, 0, 1) + order * 0.2 * 86_400_000).toISOString();
    const row = (sku: string, title: string) => rows.push(`o${order},${ts},${sku},${title},1,10.00,`);
    const draw = random();
    const thing = Math.floor(random() * 15);
    row(`thing-${thing}`, `Thing${thing}`);
    if (draw < 0.14) row(order % 2 === 0 ? "RZ100A" : "RZ100a", "Razor");
    if (draw < 0.06 || (draw > 0.14 && draw < 0.22)) row("FM200", "Foam");
  }
  return ["order_id,ts,sku,title,qty,unit_price,customer_id", ...rows].join("\n");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundlesmith-engine-"));
  await writeFile(at("orders.csv"), toLog());
  await writeFile(at("broken.csv"), "order_id,ts,sku,title,qty,unit_price\nx,never,,,,\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(["forecast", "suggest"] as const)("%s", (command) => {
  it.each([
    ["a flag it does not know", ["--orders", "orders.csv", "--colour", "red"], /--colour/],
    ["a file that is not there", ["--orders", "none.csv"], /no such file/],
    ["a file without a usable row", ["--orders", "broken.csv"], /no usable row/],
    [
      "a date before the first order",
      ["--orders", "orders.csv", "--as-of", "2001-01-01"],
      /no usable order before/,
    ],
  ])("ends with 2 and one line for %s, and writes nothing", async (_, args, expected) => {
    const named = args.map((text) => (text.endsWith(".csv") ? at(text) : text));
    const { code, stderr } = await run(command, ...named, "--out", at("never"));
    expect(code).toBe(2);
    expect(stderr).toMatch(expected);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(await readdir(folder)).not.toContain("never");
  });
});

describe.each(["forecast", "suggest"] as const)("%s --as-of", (command) => {
  it("ignores later prices, titles, spellings and products, as if the log ended on that day", async () => {
    const [header, ...rows] = toLog().split("\n");
    const early = rows.filter((row) => row.split(",")[1]! < "2026-09-01");
    const late = rows
      .slice(early.length)
      .map((row) => row.replace("10.00", "99.00").replace("FM200,Foam", "fm200,Mousse"));
    const newcomers = ["n1", "n2"].map((id) => `${id},2026-10-20,NEW,Newcomer,1,5.00,`);
    const shouted = Array.from({ length: 900 }, (_, id) => `s${id},2026-10-20,fm200,Mousse,1,5.00,`);
    await writeFile(at("whole.csv"), [header, ...early, ...late, ...newcomers, ...shouted].join("\n"));
    await writeFile(at("early.csv"), [header, ...early].join("\n"));
    const [whole, then] = await Promise.all(
      ["whole.csv", "early.csv"].map((log) => run(command, "--orders", at(log), "--as-of", "2026-09-01")),
    );
    expect(whole).toEqual(then);
    expect(then).toMatchObject({ code: 0, stderr: "" });
    expect(then!.stdout).not.toContain("fitMs");
  });
});

describe("forecast", () => {
  it("writes one row per product, and joins the spellings of one SKU", async () => {
    const { code, stdout } = await run("forecast", "--orders", at("orders.csv"), "--horizon-days", "28");
    expect(code).toBe(0);
    const [header, ...rows] = stdout.trim().split("\n");
    expect(header).toBe("sku,horizon_days,orders_expected,orders_low,orders_high,trend");
    expect(rows).toHaveLength(17);
    const razor = rows.find((row) => row.toUpperCase().startsWith("RZ100A,"))!.split(",");
    // 14 % of five orders a day, 28 days.
    expect(Number(razor[2])).toBeGreaterThan(12);
    expect(Number(razor[2])).toBeLessThan(28);
  });

  it("also writes every day of the horizon, and the days sum to the horizon's total", async () => {
    const options = ["--orders", at("orders.csv"), "--as-of", "2026-10-01", "--daily", at("daily.csv")];
    const { code, stdout } = await run("forecast", ...options);
    expect(code).toBe(0);
    const [header, ...rows] = (await readFile(at("daily.csv"), "utf8")).trim().split("\n");
    expect(header).toBe("sku,date,orders_expected,orders_low,orders_high");
    expect(rows).toHaveLength(17 * 28);
    const foam = rows.map((row) => row.split(",")).filter(([sku]) => sku === "FM200");
    expect([foam[0]![1], foam.at(-1)![1]]).toEqual(["2026-10-01", "2026-10-28"]);
    const sum = foam.reduce((total, [, , expected]) => total + Number(expected), 0);
    const whole = stdout.split("\n").find((row) => row.startsWith("FM200,"))!;
    expect(sum).toBeCloseTo(Number(whole.split(",")[2]), 1);
  });

  it("ends with 2 and names --daily if its folder does not exist", async () => {
    const { code, stderr } = await run(
      "forecast",
      ...["--orders", at("orders.csv"), "--daily", at("none/daily.csv")],
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/^forecast: --daily: cannot write/);
  });
});

describe("suggest", () => {
  it("refuses a currency that does not exist", async () => {
    const { code, stderr } = await run("suggest", "--orders", at("orders.csv"), "--currency", "euros");
    expect(code).toBe(2);
    expect(stderr).toMatch(/"euros" is not a code of three letters/);
  });

  it("states money in the requested currency", async () => {
    const { stdout } = await run("suggest", "--orders", at("orders.csv"), "--currency", "eur");
    const [bundle] = JSON.parse(stdout).bundles;
    expect(bundle.currency).toBe("EUR");
    expect(JSON.stringify(bundle.evidence)).toMatch(/€\d/);
  });

  it("finds the planted pair, with evidence, validation and money in minor units", async () => {
    const { code } = await run("suggest", "--orders", at("orders.csv"), "--out", at("bundles.json"));
    expect(code).toBe(0);
    const result = JSON.parse(await readFile(at("bundles.json"), "utf8"));
    const found = result.bundles.find(
      (bundle: { components: { title: string }[] }) =>
        bundle.components
          .map(({ title }) => title)
          .sort()
          .join() === "Foam,Razor",
    );
    expect(found.components[0].priceMinor).toBe(1_000);
    expect(found.validation.isSupported).toBe(true);
    expect(found.evidence.length).toBeGreaterThan(1);
    expect(
      result.models.some(
        ({ step, chosen }: { step: string; chosen: boolean }) => step === "trends" && chosen,
      ),
    ).toBe(true);
    expect(result.data.orders).toBe(1_500);
  });

  it("counts the sizes of a product as one, and lists the SKUs that a component accepts", async () => {
    const sizes = ["FM200", "FM201", "FM202", "FM203"];
    const [header, ...rows] = toLog().split("\n");
    const sized = rows.map((row, at) => row.replace("FM200", sizes[at % 4]!));
    await writeFile(at("sizes.csv"), [header, ...sized].join("\n"));
    const products = ["Handle,Title,Variant SKU,Variant Price"];
    for (let thing = 0; thing < 15; thing++)
      products.push(`thing-${thing},Thing${thing},thing-${thing},10.00`);
    products.push("razor,Razor,RZ100A,10.00", ...sizes.map((sku) => `foam,Foam,${sku},10.00`));
    await writeFile(at("products.csv"), products.join("\n"));

    const { stdout } = await run("suggest", "--orders", at("sizes.csv"), "--products", at("products.csv"));
    const [bundle] = JSON.parse(stdout).bundles;
    const foam = bundle.components.find(({ title }: { title: string }) => title === "Foam");
    expect(foam).toMatchObject({ anyOf: sizes, priceMinor: 1_000 });
    expect(sizes).toContain(foam.sku);
    expect(bundle.components.find(({ title }: { title: string }) => title === "Razor")).not.toHaveProperty(
      "anyOf",
    );
  });
});
