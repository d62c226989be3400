import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "#app/domain/numbers/random.ts";

let folder: string;

const HEADER = "order_id,ts,sku,title,qty,unit_price,category";

/** Two years of bookings by departure. Ski pass and boots leave together, nearly all of them in winter. */
function toBookings(): string {
  const random = seededRandom(9);
  const rows = [HEADER];
  for (let booking = 0; booking < 6_000; booking++) {
    const day = Math.floor((booking * 700) / 6_000);
    const departure = new Date(Date.UTC(2024, 0, 1) + day * 86_400_000);
    const isWinter = [11, 0, 1].includes(departure.getUTCMonth());
    const add = (sku: string) => rows.push(`b${booking},${departure.toISOString()},${sku},${sku},1,90.00,`);
    const draw = random();
    const [both, one] = isWinter ? [0.2, 0.1] : [0.01, 0.01];
    if (draw < both + one) add("Ski pass");
    if (draw < both || (draw >= both + one && draw < both + 2 * one)) add("Boot rental");
    add(`Hotel ${"ABCDEFGHIJKL"[Math.floor(random() * 12)]}`);
  }
  return rows.join("\n");
}

const LEAD_DAYS = { least: 40, most: 80 };

/** The same bookings with booking dates 40 to 80 days ahead of their departure. */
function toBookingsAhead(): string {
  const random = seededRandom(4);
  const [header, ...rows] = toBookings().split("\n");
  let booking = { id: "", placedAt: "" };
  const booked = rows.map((row) => {
    const [id, departure, ...rest] = row.split(",") as [string, string, ...string[]];
    if (id !== booking.id) {
      const leadMs = (LEAD_DAYS.least + (LEAD_DAYS.most - LEAD_DAYS.least) * random()) * 86_400_000;
      booking = { id, placedAt: new Date(Date.parse(departure) - leadMs).toISOString() };
    }
    return [id, booking.placedAt, ...rest, departure].join(",");
  });
  return [`${header},departure`, ...booked].join("\n");
}

/**
 * Half a year of tickets, one per table; each table can order any of the mains. At noon there is soup, focaccia or
 * both, together more often than by chance. In the evening there is steak with red wine, and cocktails by chance,
 * which sell at no other time.
 */
function toTickets(): string {
  const random = seededRandom(5);
  const rows = [HEADER];
  const mains = ["Steak", "Risotto", "Salmon", "Curry", "Schnitzel"];
  const cocktails = ["Mojito", "Margarita"];
  const menu = { Soup: 6, Focaccia: 4, "Red wine": 7, Mojito: 9, Margarita: 9, Water: 3 };
  for (let ticket = 0; ticket < 5_000; ticket++) {
    const isNoon = ticket % 2 === 0;
    const day = Math.floor((ticket * 182) / 5_000);
    const at = new Date(Date.UTC(2025, 0, 6, isNoon ? 12 : 20, ticket % 60) + day * 86_400_000);
    const dishes = new Set(["Water", ...mains].filter(() => random() < 0.2));
    const draw = random();
    if (isNoon) {
      if (draw < 0.3) dishes.add("Soup");
      if (draw > 0.15 && draw < 0.4) dishes.add("Focaccia");
    } else {
      for (const cocktail of cocktails) if (random() < 0.15) dishes.add(cocktail);
      if (draw < (dishes.has("Steak") ? 0.5 : 0.1)) dishes.add("Red wine");
    }
    for (const dish of dishes)
      rows.push(
        `t${ticket},${at.toISOString().slice(0, 19)},${dish},${dish},1,${(menu as Record<string, number>)[dish] ?? 15}.00,`,
      );
  }
  return rows.join("\n");
}

/** The same tickets as an export in New York's local time writes them. */
function inNewYork(tickets: string): string {
  return tickets.replaceAll(/(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})/g, (_, day: string, hour: string) => {
    const isSummer = day >= "2025-03-09";
    return `${day} ${hour} ${isSummer ? "-0400" : "-0500"}`;
  });
}

interface Bundle {
  readonly kind: string;
  readonly components: readonly { readonly sku: string }[];
  readonly evidence: readonly { readonly kind: string; readonly text: string }[];
}

async function suggest(log: string, asOf: string) {
  const [orders, out] = [join(folder, "orders.csv"), join(folder, "bundles.json")];
  await writeFile(orders, log);
  const args = ["--orders", orders, "--as-of", asOf, "--out", out];
  const child = spawn(process.execPath, ["jobs/cli/suggest.ts", ...args], { stdio: "ignore" });
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
  const { bundles } = JSON.parse(await readFile(out, "utf8")) as { bundles: Bundle[] };
  return bundles.map(({ kind, components, evidence }) => ({
    kind,
    names: components
      .map(({ sku }) => sku)
      .sort()
      .join(),
    lead: evidence.find((sentence) => /days ahead of what they are for/.test(sentence.text))?.text,
    season: evidence.find(
      (sentence) =>
        sentence.kind === "season" && !/^Half/.test(sentence.text) && !/^-?\$/.test(sentence.text),
    )?.text,
  }));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundlesmith-trades-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("suggest on a restaurant's tickets", () => {
  it("proposes products bought together, with their hour, but none that only share an hour", async () => {
    const bundles = await suggest(toTickets(), "2025-07-07");
    const lunch = bundles.find(({ names }) => names === "Focaccia,Soup");
    expect(lunch?.season).toMatch(/between 1[0-2]:00 and 1[3-5]:00/);
    expect(bundles.map(({ names }) => names)).toContain("Red wine,Steak");
    expect(bundles.filter(({ names }) => /Mojito|Margarita/.test(names))).toEqual([]);
  });

  it("states hours in the restaurant's local time, also if the log's times name a zone", async () => {
    const bundles = await suggest(inNewYork(toTickets()), "2025-07-08");
    const lunch = bundles.find(({ names }) => names === "Focaccia,Soup");
    expect(lunch?.season).toMatch(/between 1[0-2]:00 and 1[3-5]:00/);
    expect(bundles.filter(({ names }) => /Mojito|Margarita/.test(names))).toEqual([]);
  });
});

describe("suggest on a travel shop's bookings", () => {
  it("proposes the winter package for the coming winter", async () => {
    const bundles = await suggest(toBookings(), "2025-11-28");
    const winter = bundles.find(({ names }) => names === "Boot rental,Ski pass");
    expect(winter?.kind).toBe("seasonal");
    expect(winter?.season).toMatch(/same weeks last year/);
  });

  it("proposes it in September, with the day from which to offer it", async () => {
    const bundles = await suggest(toBookings(), "2025-09-26");
    const winter = bundles.find(({ names }) => names === "Boot rental,Ski pass");
    expect(winter?.kind).toBe("seasonal");
    expect(winter?.season).toMatch(/season begins in about (42|56|70) days/);
  });

  it("proposes it as early as such trips are usually booked, and states that lead time", async () => {
    // Last year's winter departures, from December on, were booked from mid-September on.
    const bundles = await suggest(toBookingsAhead(), "2025-09-26");
    const winter = bundles.find(({ names }) => names === "Boot rental,Ski pass");
    expect(winter?.kind).toBe("seasonal");
    const [, startsIn, seasonIn] = /begins in about (\d+) days, .* begins in about (\d+):/.exec(
      winter!.season!,
    )!;
    const [, median, low, high] = /least (\d+) days .* from (\d+) to (\d+) days/.exec(winter!.lead!)!;
    expect(Number(median)).toBeGreaterThan(55);
    expect(Number(median)).toBeLessThan(65);
    expect(Number(low)).toBeGreaterThanOrEqual(LEAD_DAYS.least);
    expect(Number(high)).toBeLessThanOrEqual(LEAD_DAYS.most);
    expect(Number(startsIn)).toBeLessThanOrEqual(14);
    expect(Number(seasonIn) - Number(startsIn)).toBe(Number(median));
  });
});
