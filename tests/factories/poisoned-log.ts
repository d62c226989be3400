import { createHash } from "node:crypto";
import { expect } from "vitest";
import type { Views } from "#app/domain/behaviour/sessions/co-views.ts";
import { countBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { orderLine } from "./order-lines.ts";

/** A shop's data with a time: purchases with their prices, and product views. */
export interface ShopLog {
  readonly baskets: Baskets;
  readonly views: Views;
}

/** Part of a log, from `fromMs` on and before `untilMs` if given. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs?: number;
}

const LOG_START_MS = Date.UTC(2025, 6, 1);
const MINUTE_MS = 60_000;
const COLOURS = ["blue", "green", "white", "oak"];
const THINGS = ["lamp", "chair", "table", "shelf", "mirror", "basket"];

/**
 * A shop with products 2k and 2k+1 bought together and viewed in sequence, and three or four products per order. Most
 * orders have a customer. A title is a colour, a thing and a number.
 */
export function plantLog({
  orders,
  days,
  products = 24,
}: {
  readonly orders: number;
  readonly days: number;
  readonly products?: number;
}): ShopLog {
  const random = seededRandom(1);
  const draw = (below: number) => Math.floor(random() * below);
  const lines = Array.from({ length: orders }, (_, order) => {
    const first = 2 * draw(products / 2);
    const chosen = new Set([first, random() < 0.7 ? first + 1 : draw(products)]);
    while (chosen.size < 3 + (order % 2)) chosen.add(draw(products));
    const customerKey = random() < 0.7 ? `customer-${draw(orders / 8)}` : null;
    const placedAtMs = LOG_START_MS + Math.floor((order / orders) * days * DAY_MS);
    return [...chosen].map((product) =>
      orderLine({
        orderId: `order-${String(order).padStart(5, "0")}`,
        placedAtMs,
        itemKey: `SKU-${String(product).padStart(3, "0")}`,
        title: `${COLOURS[product % COLOURS.length]} ${THINGS[product % THINGS.length]} ${product}`,
        unitPriceMinor: 500 + 10 * product,
        customerKey,
      }),
    );
  }).flat();
  const { baskets } = prepareBaskets(lines, [], { currency: "EUR" });
  const views = { visitor: [] as number[], atMs: [] as number[], item: [] as number[] };
  for (let visit = 0; visit < orders; visit++) {
    let item = draw(products);
    for (let view = 0; view < 3 + (visit % 3); view++) {
      views.visitor.push(visit);
      views.atMs.push(LOG_START_MS + Math.floor(((visit + 0.5) / orders) * days * DAY_MS) + view * MINUTE_MS);
      views.item.push(item);
      item = random() < 0.7 ? item ^ 1 : draw(products);
    }
  }
  return { baskets, views };
}

/**
 * Replaces the data of a span: other products, customers, prices and views. The number of orders, their size and their
 * times stay, so splits by number keep their boundaries.
 */
export function poisonLog(log: ShopLog, span: Span): ShopLog {
  return { ...poisonViews(log, span), baskets: swapOrders(log.baskets, span) };
}

/** As `poisonLog`, and removes the orders of every second day of the span, so quantities and dates change too. */
export function poisonDays(log: ShopLog, span: Span): ShopLog {
  const { baskets, views } = poisonLog(log, span);
  const isKept = (atMs: number) => !isIn(span, atMs) || Math.floor((atMs - span.fromMs) / DAY_MS) % 2 === 0;
  return { baskets: keepOrders(baskets, isKept), views };
}

/** Replaces today's product data, which is newer than the log: price, stock and whether it is active. */
export function poisonFacts({ baskets, views }: ShopLog): ShopLog {
  const items = baskets.items.map((item) => ({
    ...item,
    priceMinor: 3 * item.priceMinor,
    stockUnits: 0,
    isActive: !item.isActive,
  }));
  return { baskets: { ...baskets, items }, views };
}

/** Replaces the product views of a span; the orders stay. */
export function poisonViews({ baskets, views }: ShopLog, span: Span): ShopLog {
  const other = openRotation(baskets.items.length);
  const item = Array.from(views.item, (one, view) => (isIn(span, views.atMs[view]!) ? other(one) : one));
  return { baskets, views: { ...views, item } };
}

function isIn({ fromMs, untilMs = Infinity }: Span, atMs: number): boolean {
  return atMs >= fromMs && atMs < untilMs;
}

/** Maps each product to another one, one to one, and separates the planted pairs. */
function openRotation(items: number): (item: number) => number {
  return (item) => (item + 2 * (item % 2) + 5) % items;
}

function swapOrders(baskets: Baskets, span: Span): Baskets {
  const { offsets, placedAtMs } = baskets;
  const [item, unitPriceMinor, customer] = [
    baskets.item.slice(),
    baskets.unitPriceMinor.slice(),
    baskets.customer.slice(),
  ];
  const other = openRotation(baskets.items.length);
  for (let basket = 0; basket < countBaskets(baskets); basket++) {
    if (!isIn(span, placedAtMs[basket]!)) continue;
    customer[basket] = (customer[basket]! + 1) % Math.max(1, baskets.customerKeys.length);
    const taken = new Set<number>();
    for (let line = offsets[basket]!; line < offsets[basket + 1]!; line++) {
      let one = other(item[line]!);
      while (taken.has(one)) one = (one + 1) % baskets.items.length;
      taken.add(one);
      item[line] = one;
      unitPriceMinor[line]! /= 2 + (line % 3);
    }
  }
  return { ...baskets, item, unitPriceMinor, customer };
}

function keepOrders(baskets: Baskets, isKept: (atMs: number) => boolean): Baskets {
  const kept = [...baskets.placedAtMs.keys()].filter((basket) => isKept(baskets.placedAtMs[basket]!));
  const lines = kept.flatMap((basket) =>
    Array.from(
      { length: baskets.offsets[basket + 1]! - baskets.offsets[basket]! },
      (_, line) => baskets.offsets[basket]! + line,
    ),
  );
  let used = 0;
  const ends = kept.map((basket) => (used += baskets.offsets[basket + 1]! - baskets.offsets[basket]!));
  return {
    ...baskets,
    orderIds: kept.map((basket) => baskets.orderIds[basket]!),
    placedAtMs: Float64Array.from(kept, (basket) => baskets.placedAtMs[basket]!),
    customer: Int32Array.from(kept, (basket) => baskets.customer[basket]!),
    offsets: Uint32Array.from([0, ...ends]),
    item: Uint32Array.from(lines, (line) => baskets.item[line]!),
    units: Uint32Array.from(lines, (line) => baskets.units[line]!),
    unitPriceMinor: Float64Array.from(lines, (line) => baskets.unitPriceMinor[line]!),
  };
}

/** A function that learns from a log, and how to poison the log. */
interface Learner<Log, Stated> {
  readonly log: Log;
  readonly poison: (log: Log, span: Span) => Log;
  /** The result: weights, features, choices. Nothing that depends on the clock. */
  readonly learn: (log: Log) => Stated | Promise<Stated>;
}

/** The span that a result must not depend on, and a span that it must depend on, so an empty result does not pass. */
interface Boundary {
  readonly ignores: Span;
  readonly uses: Span;
}

/**
 * Opens a learner: it learns once from the original log and once from each poisoned log.
 *
 * @returns `expectBoundary(boundary, partOf)` fails unless a part of the result is identical to the byte when the span
 *   `ignores` is poisoned, and differs when the span `uses` is poisoned
 */
export function openLearner<Log, Stated>({ log, poison, learn }: Learner<Log, Stated>) {
  const known = new Map<string, Promise<Stated>>();
  const learnWith = (span: Span | null): Promise<Stated> => {
    const key = JSON.stringify(span);
    const stated = known.get(key) ?? Promise.resolve(learn(span ? poison(log, span) : log));
    known.set(key, stated);
    return stated;
  };
  return {
    learnWith,
    async expectBoundary({ ignores, uses }: Boundary, partOf: (stated: Stated) => unknown): Promise<void> {
      const clean = toBytes(partOf(await learnWith(null)));
      expect(clean.size).toBeGreaterThan(0);
      expect(listDifferences(clean, toBytes(partOf(await learnWith(ignores)))), "values that leaked").toEqual(
        [],
      );
      const differences = listDifferences(clean, toBytes(partOf(await learnWith(uses))));
      expect(differences.length, "values that depend on the span").toBeGreaterThan(0);
    },
  };
}

/** The values of a nested object by their paths, exact to the bit. */
function toBytes(value: unknown, place = "", into = new Map<string, string>()): Map<string, string> {
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    into.set(place, createHash("sha256").update(bytes).digest("hex"));
  } else if (value instanceof Map) {
    toBytes([...(value as Map<unknown, unknown>)], place, into);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, part] of Object.entries(value)) toBytes(part, place ? `${place}.${name}` : name, into);
  } else if (typeof value !== "function") {
    into.set(place, Object.is(value, -0) ? "-0" : String(value));
  }
  return into;
}

function listDifferences(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter(
    (place) => one.get(place) !== other.get(place),
  );
}
