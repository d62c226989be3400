import { medianOfEach } from "#app/domain/numbers/statistics.ts";
import {
  GrowingColumn,
  type LineExclusion,
  openTextIndex,
  type OrderLineRecord,
  SKU_KEY_PREFIX,
} from "#app/domain/collect/order-lines.ts";
import type { Baskets, Item } from "./baskets.ts";
import type { ProductFacts } from "#app/domain/collect/product-facts.ts";

interface PreparingSettings {
  /** ISO 4217 code of every price. */
  readonly currency: string;
  /** Earlier lines are left out; none if absent. */
  readonly fromMs?: number;
  /** Later lines are left out, because a date in the future is a mistake; none if absent. */
  readonly untilMs?: number;
}

/** Why lines were left out. */
export type DropReason =
  | LineExclusion
  | "non_positive_quantity"
  | "non_positive_price"
  | "service"
  | "outside_window"
  | "repeated_line";

export interface PreparedBaskets {
  readonly baskets: Baskets;
  /** Lines left out, by reason; a line counts once, under the first reason that holds. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
}

/**
 * Step 2: turns order lines into clean baskets in order of time. Leaves out cancelled, refunded and test orders, gift
 * cards, services such as shipping and fees, and lines without a product, a positive quantity and a positive price. A
 * product that is in an order twice becomes one line with the units added and the first price.
 *
 * @param lines in any order; lines with one order id are one order, at the time and service time of its first line.
 *   Read once, one at a time, and kept in columns: 10 million lines need about 600 MB
 * @param products the shop's products; they come first in `items`, sold or not. A product found only in orders takes
 *   the newest title of the log and counts as active if `products` is empty
 * Known weakness: some logs book a return on a later order; the first order then stays whole
 */
export function prepareBaskets(
  lines: Iterable<OrderLineRecord>,
  products: readonly ProductFacts[],
  { currency, fromMs = -Infinity, untilMs = Infinity }: PreparingSettings,
): PreparedBaskets {
  const dropped: Partial<Record<DropReason, number>> = {};
  const drop = (reason: DropReason) => {
    dropped[reason] = (dropped[reason] ?? 0) + 1;
  };
  const items = openItems(products);
  const log = openLog();
  const serviceTitles = new Map<string, boolean>();
  for (const line of lines) {
    const reason = dropReason(line, fromMs, untilMs, serviceTitles);
    if (reason === null) log.add(line, items.add(line));
    else {
      drop(reason);
      if (reason === "service") items.noteService(line.itemKey);
    }
  }

  const { columns, services, repeated } = log.toColumns(items.findServices(), items.count());
  if (services > 0) dropped.service = (dropped.service ?? 0) + services;
  if (repeated > 0) dropped.repeated_line = repeated;
  const medianPriceMinor = medianOfEach(items.count(), columns.item, columns.unitPriceMinor);
  const baskets = { ...columns, items: items.toItems(medianPriceMinor), currency };
  return { baskets, dropped };
}

function dropReason(
  line: OrderLineRecord,
  fromMs: number,
  untilMs: number,
  serviceTitles: Map<string, boolean>,
): DropReason | null {
  if (line.exclusion) return line.exclusion;
  if (line.quantity <= 0) return "non_positive_quantity";
  if (line.unitPriceMinor <= 0) return "non_positive_price";
  if (line.placedAtMs < fromMs || line.placedAtMs > untilMs) return "outside_window";
  let isService = serviceTitles.get(line.title);
  if (isService === undefined) {
    isService = isServiceTitle(line.title);
    serviceTitles.set(line.title, isService);
  }
  return isService ? "service" : null;
}

/** Lines in the order added, each with the number of its order. */
function openLog() {
  const orders = openTextIndex();
  const customers = openTextIndex();
  // [orders]
  const placedAtMs = new GrowingColumn((length) => new Float64Array(length));
  const clockOffsetMinutes = new GrowingColumn((length) => new Int16Array(length));
  let namesZone = false;
  const serviceAtMs = new GrowingColumn((length) => new Float64Array(length));
  let namesService = false;
  const customerOf = new GrowingColumn((length) => new Int32Array(length));
  // [lines]
  const orderOf = new GrowingColumn((length) => new Uint32Array(length));
  const itemOf = new GrowingColumn((length) => new Uint32Array(length));
  const unitsOf = new GrowingColumn((length) => new Uint32Array(length));
  const priceOf = new GrowingColumn((length) => new Float64Array(length));
  let count = 0;

  /** Numbers of the orders by time, then by order id. */
  const sortOrders = () =>
    Array.from(orders.texts.keys()).sort((a, b) => {
      const later = placedAtMs.get(a) - placedAtMs.get(b);
      if (later !== 0) return later;
      return orders.texts[a]! < orders.texts[b]! ? -1 : 1;
    });

  return {
    add(line: OrderLineRecord, item: number): void {
      const known = orders.texts.length;
      const order = orders.add(line.orderId);
      if (order === known) {
        placedAtMs.set(order, line.placedAtMs);
        clockOffsetMinutes.set(order, line.clockOffsetMinutes ?? 0);
        namesZone ||= Boolean(line.clockOffsetMinutes);
        serviceAtMs.set(order, line.serviceAtMs ?? line.placedAtMs);
        namesService ||= typeof line.serviceAtMs === "number";
        customerOf.set(order, line.customerKey === null ? -1 : customers.add(line.customerKey));
      }
      orderOf.set(count, order);
      itemOf.set(count, item);
      unitsOf.set(count, line.quantity);
      priceOf.set(count, line.unitPriceMinor);
      count++;
    },

    /** Groups the lines by order, without services and with repeated products merged. */
    toColumns(services: ReadonlySet<number>, items: number) {
      const sorted = sortOrders();
      // Where the next line of each order goes; lines keep their order within an order.
      const next = new Uint32Array(sorted.length);
      for (let line = 0; line < count; line++) next[orderOf.get(line)]! += 1;
      let from = 0;
      for (const order of sorted) {
        const size = next[order]!;
        next[order] = from;
        from += size;
      }
      const lineAt = new Uint32Array(count);
      for (let line = 0; line < count; line++) lineAt[next[orderOf.get(line)]!++] = line;

      const item = new Uint32Array(count);
      const units = new Uint32Array(count);
      const unitPriceMinor = new Float64Array(count);
      const offsets = new Uint32Array(sorted.length + 1);
      const kept = new Uint32Array(sorted.length);
      // [items] 1 + index of each item's line in the current basket; entries of older baskets lie before its start.
      const standsAt = new Uint32Array(items);
      let [baskets, used, serviceLines, repeated] = [0, 0, 0, 0];
      from = 0;
      for (const order of sorted) {
        const start = used;
        const end = next[order]!;
        for (let at = from; at < end; at++) {
          const line = lineAt[at]!;
          const own = itemOf.get(line);
          if (services.has(own)) serviceLines++;
          else if (standsAt[own]! > start) {
            units[standsAt[own]! - 1]! += unitsOf.get(line);
            repeated++;
          } else {
            item[used] = own;
            units[used] = unitsOf.get(line);
            unitPriceMinor[used] = priceOf.get(line);
            standsAt[own] = ++used;
          }
        }
        from = end;
        if (used === start) continue;
        kept[baskets++] = order;
        offsets[baskets] = used;
      }
      const keptOrders = kept.subarray(0, baskets);
      const columns = {
        orderIds: Array.from(keptOrders, (order) => orders.texts[order]!),
        placedAtMs: Float64Array.from(keptOrders, (order) => placedAtMs.get(order)),
        ...(namesZone
          ? { clockOffsetMinutes: Int16Array.from(keptOrders, (order) => clockOffsetMinutes.get(order)) }
          : {}),
        ...(namesService
          ? { serviceAtMs: Float64Array.from(keptOrders, (order) => serviceAtMs.get(order)) }
          : {}),
        customer: Int32Array.from(keptOrders, (order) => customerOf.get(order)),
        customerKeys: customers.texts,
        offsets: offsets.slice(0, baskets + 1),
        item: item.slice(0, used),
        units: units.slice(0, used),
        unitPriceMinor: unitPriceMinor.slice(0, used),
      };
      return { columns, services: serviceLines, repeated };
    },
  };
}

/**
 * Numbers the items of a shop, the listed products first, and collects what the order lines say about each.
 *
 * @param products each key once
 */
function openItems(products: readonly ProductFacts[]) {
  const index = openTextIndex();
  const facts = new Map(products.map((product) => [index.add(product.key), product]));
  const listed = index.texts.length;
  const newest: { title: string; category: string; atMs: number }[] = [];
  const lineCounts: number[] = [];
  const serviceLines = new Map<string, number>();
  return {
    count: () => index.texts.length,
    /** Records a line of the item and returns its number. */
    add(line: OrderLineRecord): number {
      const item = index.add(line.itemKey);
      lineCounts[item] = (lineCounts[item] ?? 0) + 1;
      const known = newest[item];
      if (!known) {
        newest[item] = { title: line.title, category: line.category ?? "", atMs: line.placedAtMs };
      } else if (line.placedAtMs >= known.atMs) {
        known.title = line.title || known.title;
        known.category = line.category || known.category;
        known.atMs = line.placedAtMs;
      }
      return item;
    },
    noteService(key: string): void {
      serviceLines.set(key, (serviceLines.get(key) ?? 0) + 1);
    },
    /** Services among the keys found only in orders; a product that the shop lists is not a service. */
    findServices(): ReadonlySet<number> {
      const isService = (item: number) => {
        const key = index.texts[item]!;
        const counts = { otherLines: lineCounts[item] ?? 0, serviceLines: serviceLines.get(key) ?? 0 };
        return isServiceKey(key, newest[item]?.title ?? "", counts);
      };
      return new Set([...index.texts.keys()].filter((item) => item >= listed && isService(item)));
    },
    /** @param paidMinor [items] median price paid, minor units; 0 if never sold */
    toItems(paidMinor: Float64Array): Item[] {
      return index.texts.map((key, item) => {
        const product = facts.get(item);
        return {
          key,
          title: product?.title || newest[item]?.title || "",
          category: product?.category || newest[item]?.category || "",
          priceMinor: product?.priceMinor ?? paidMinor[item]!,
          costMinor: product?.costMinor ?? null,
          stockUnits: product?.stockUnits ?? null,
          isActive: product ? product.isActive : products.length === 0,
        };
      });
    },
  };
}

/** Titles that are never merchandise, matched whole: "POSTAGE", but not "POSTAGE STAMP MUG". */
const WHOLE_TITLE =
  /^(dotcom )?(postage|shipping|carriage|delivery|freight|handling|packing|manual|discount|tip|gratuity|insurance|deposit|samples?|surcharge|adjust(ment)?|adjust bad debt|bank charges|rounding|fee)( (and|&) (packing|handling|delivery|postage))?( (fee|charge|charges|cost|costs))?$/i;

/** Titles that are never merchandise if they contain these words. */
const ANY_TITLE =
  /\b(gift (card|voucher|certificate)s?|(amazon|bank|handling|service|transaction) fees?|adjustment by|test product)\b/i;

/** Booking codes of services, checked only for lines without a title. */
const SERVICE_CODE = /^(post|dot|m|d|s|amazon ?fee)$/i;

/**
 * Whether a line is a service, a fee or a voucher, by its title.
 *
 * @param title as in the log; false if empty
 * Known weakness: English words only
 */
export function isServiceTitle(title: string): boolean {
  const text = title.trim();
  return WHOLE_TITLE.test(text) || ANY_TITLE.test(text);
}

/**
 * Whether a key books a service, by all its lines. If most have a service's title, so are the few whose title somebody
 * overwrote. If no line has a title, the key itself is checked, without the prefix of an unknown SKU. The form of a key
 * says nothing: "FOAM" is a product among numbered ones.
 *
 * @param title the newest of the lines that are not services by title; can be empty
 * @param lines number of lines without and with a service's title
 */
export function isServiceKey(
  key: string,
  title: string,
  { otherLines, serviceLines }: { otherLines: number; serviceLines: number },
): boolean {
  if (serviceLines > otherLines) return true;
  if (title !== "") return false;
  const code = key.startsWith(SKU_KEY_PREFIX) ? key.slice(SKU_KEY_PREFIX.length) : key;
  return SERVICE_CODE.test(code) || isServiceTitle(code);
}
