import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { runToEnd } from "#tests/setup/run-to-end.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 1);
const ORDERS = 1_500;
/** Seven orders of the counting window hold the mill and its beans; the replay window holds more. */
const [MILL_EVERY, REPLAYED_FROM] = [210, 1_300];

interface Suggested {
  readonly data: { readonly rejected: number };
  readonly models: { readonly name: string; readonly chosen: boolean }[];
  readonly bundles: {
    readonly components: { readonly sku: string }[];
    readonly expected: { readonly extraMarginMinor: { readonly value: number } };
    readonly evidence: { readonly kind: string; readonly text: string; readonly value: number }[];
  }[];
  readonly refused: { readonly components: string[]; readonly reason: string }[];
}

let folder: string;
const at = (name: string) => join(folder, name);

function suggest(...args: string[]) {
  return runToEnd(process.execPath, ["jobs/cli/suggest.ts", "--orders", at("orders.csv"), ...args]);
}

/**
 * Customers buy a razor with its foam. Every sixth order holds one of two kettles, none holds both. Only a few
 * customers buy a mill with its beans.
 */
function toOrders(): string {
  const random = seededRandom(5);
  const rows: string[] = [];
  for (let order = 0; order < ORDERS; order++) {
    const ts = new Date(START_MS + order * 0.2 * DAY_MS).toISOString();
    const row = (sku: string, title: string) => rows.push(`o${order},${ts},${sku},${title},1,10.00`);
    const draw = random();
    row(`thing-${Math.floor(random() * 15)}`, "Thing");
    if (draw < 0.14) row("RAZOR", "Razor");
    if (draw < 0.06 || (draw > 0.14 && draw < 0.22)) row("FOAM", "Foam");
    if (order % (order < REPLAYED_FROM ? MILL_EVERY : 40) === 0)
      ["MILL", "BEANS"].forEach((sku) => row(sku, sku));
    else if (order % 40 === 1) row("MILL", "MILL");
    else if (order % 40 === 2) row("BEANS", "BEANS");
    if (random() < 0.17) row(random() < 0.5 ? "KETTLE-A" : "KETTLE-B", "Kettle");
  }
  return ["order_id,ts,sku,title,qty,unit_price", ...rows].join("\n");
}

/** A visitor of one kettle also views the other; after the razor comes its foam, after the mill the beans. */
function toEvents(): string {
  const random = seededRandom(6);
  const rows: string[] = [];
  for (let visit = 0; visit < 2_000; visit++) {
    const view = (minute: number, sku: string, kind = "product_viewed") =>
      rows.push(
        `s${visit},${new Date(START_MS + visit * 0.1 * DAY_MS + minute * 60_000).toISOString()},${sku},${kind}`,
      );
    view(0, `thing-${Math.floor(random() * 15)}`);
    if (random() < 0.1) ["KETTLE-A", "kettle-b"].forEach((sku, minute) => view(1 + minute, sku));
    if (random() < 0.1) {
      view(3, "RAZOR");
      view(4, "FOAM", "product_added_to_cart");
    }
    if (visit % 20 === 0) ["MILL", "BEANS"].forEach((sku, minute) => view(5 + minute, sku));
  }
  return ["session_id,ts,sku,kind", ...rows].join("\n");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundlesmith-events-"));
  const events = toEvents();
  await writeFile(at("orders.csv"), toOrders());
  await writeFile(at("events.csv.gz"), gzipSync(events));
  await writeFile(
    at("spoilt.csv"),
    `${events}\ns1,yesterday,RAZOR,product_viewed\n,2026-01-01,RAZOR,\ns1,2026-01-01,,\ns1,2026-01-01,RAZOR,danced\ns1,2026-01-01,,page_viewed\ns1,2026-01-01,NOWHERE,\n`,
  );
  await writeFile(at("empty.csv"), "");
  await writeFile(at("columns.csv"), "session_id,sku\n1,RAZOR\n");
  await writeFile(at("unusable.csv"), "visitor,ts,sku\nv1,never,RAZOR\n");
  await writeFile(at("cut.csv.gz"), gzipSync(events).subarray(0, 200));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("suggest --events", () => {
  it.each([
    ["a file that is not there", "none.csv", /--events: no such file/],
    ["an empty file", "empty.csv", /empty\.csv: the file is empty/],
    ["a file without a column", "columns.csv", /line 1: the header lacks ts; expected session_id,ts,sku/],
    ["no usable row", "unusable.csv", /no usable row \(1 rejected; line 2: ts "never" is not a date/],
    ["a gzip file that is cut off", "cut.csv.gz", /damaged or cut off/],
  ])("ends with 2 and one line for %s, and writes nothing", async (_, file, expected) => {
    const { code, stderr } = await suggest("--events", at(file), "--out", at("never"));
    expect(code).toBe(2);
    expect(stderr).toMatch(expected);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(await readdir(folder)).not.toContain("never");
  });

  it("reports unusable rows with their lines, and continues without them", async () => {
    const { code, stdout, stderr } = await suggest("--events", at("spoilt.csv"));
    expect(code).toBe(0);
    expect(stderr).toMatch(/4 rows not used \(line \d+: ts "yesterday".*session's id is empty.*SKU is empty/);
    expect(stderr).toMatch(/kind "danced"/);
    expect(stderr).toMatch(/1 products of the events are in no order.*NOWHERE/);
    expect((JSON.parse(stdout) as Suggested).data.rejected).toBe(4);
  });

  it("refuses the planted substitutes, and states for a bundle how many visits viewed both products", async () => {
    const without = JSON.parse((await suggest()).stdout) as Suggested;
    const { code, stdout, stderr } = await suggest("--events", at("events.csv.gz"));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const result = JSON.parse(stdout) as Suggested;

    const isOfKettles = (skus: readonly string[]) => [...skus].sort().join() === "KETTLE-A,KETTLE-B";
    const reasonOf = ({ refused }: Suggested) =>
      refused.find(({ components }) => isOfKettles(components))?.reason;
    expect(reasonOf(without)).toBeUndefined();
    expect(reasonOf(result)).toMatch(
      /visitors viewed both in \d+ visits, but 0 orders hold both .*replace each other/,
    );
    const isMeasured = ({ models }: Suggested) => models.some(({ name }) => name === "co-view (product)");
    expect([isMeasured(result), isMeasured(without)]).toEqual([true, false]);

    const razor = result.bundles.find(({ components }) => components.some(({ sku }) => sku === "RAZOR"));
    const viewed = razor?.evidence.find(({ text }) => text.startsWith("Visitors viewed both"));
    expect(viewed?.kind).toBe("behaviour");
    expect(viewed?.value).toBeGreaterThan(50);

    const ofMill = ({ bundles }: Suggested) =>
      bundles.find(({ components }) => components.map(({ sku }) => sku).includes("MILL"));
    const toTry = ofMill(result)
      ?.evidence.map(({ text }) => text)
      .join(" ");
    expect(toTry).toMatch(/Visitors viewed both in \d+ visits\./);
    expect(toTry).toMatch(
      /Only an idea so far: \d+ orders held all of it\. .* fewer than the 8 that you ask for/,
    );
  });
});

describe("suggest --outcomes", () => {
  const write = (name: string, value: unknown) => writeFile(at(name), JSON.stringify(value));
  const trial = (discountRatio: number | null, sets: number) => ({ discountRatio, visitors: 5_000, sets });

  it.each([
    ["no JSON", '[{"skus":}]', /outcomes\.json: not JSON: .*'}'/],
    ["a byte order mark and no list", "\uFEFF{}", /outcomes\.json: the whole: .*array/],
    [
      "less than nothing promised",
      [{ skus: ["RAZOR", "SOAP"], trials: [], ordersAnyway: -1 }],
      /outcomes\.json: 0\.ordersAnyway: .*0/,
    ],
    ["one product alone", [{ skus: ["RAZOR"], trials: [] }], /outcomes\.json: 0\.skus: .*2/],
    [
      "a discount in percent",
      [{ skus: ["RAZOR", "FOAM"], trials: [trial(10, 1)] }],
      /0\.trials\.0\.discountRatio/,
    ],
  ])("ends with 2 and one line for %s", async (_, content, expected) => {
    await (typeof content === "string"
      ? writeFile(at("outcomes.json"), content)
      : write("outcomes.json", content));
    const { code, stderr } = await suggest("--outcomes", at("outcomes.json"));
    expect({ code, lines: stderr.trim().split("\n").length }).toEqual({ code: 2, lines: 1 });
    expect(stderr).toMatch(expected);
  });

  it("expects less from offers if earlier ones won nobody, and states what it learned", async () => {
    await write("outcomes.json", [
      { skus: ["RAZOR", "FOAM"], trials: [trial(null, 300), trial(0.1, 300), trial(0, 300)] },
      { skus: ["NOWHERE", "FOAM"], trials: [trial(null, 1), trial(0.1, 900)] },
    ]);
    const { code, stdout } = await suggest("--outcomes", at("outcomes.json"));
    expect(code).toBe(0);
    const extraOf = (result: Suggested) =>
      result.bundles.reduce((sum, { expected }) => sum + expected.extraMarginMinor.value, 0);
    const learned = JSON.parse(stdout) as Suggested;
    const unlearned = JSON.parse((await suggest()).stdout) as Suggested;
    expect(extraOf(learned)).toBeLessThan(0.7 * extraOf(unlearned));
    for (const { evidence } of learned.bundles)
      expect(evidence.map(({ text }) => text).join(" ")).toMatch(
        /Learned from your own offers \(1 so far\), mostly from those with these products/,
      );
  });
});
