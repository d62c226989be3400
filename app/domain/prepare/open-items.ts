import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";
import type { ProductFacts } from "#app/domain/collect/product-facts.ts";
import type { Item } from "./baskets.ts";

/** Numbers keys from 0 in the order in which they are first added. */
export function openKeyIndex() {
  const indexOf = new Map<string, number>();
  const keys: string[] = [];
  return {
    keys,
    add(key: string): number {
      let index = indexOf.get(key);
      if (index === undefined) {
        index = keys.length;
        indexOf.set(key, index);
        keys.push(key);
      }
      return index;
    },
  };
}

/**
 * Numbers the items of a shop, the listed products first, and gathers what the lines of its orders say of each.
 *
 * @param products each key once
 */
export function openItems(products: readonly ProductFacts[]) {
  const index = openKeyIndex();
  const facts = new Map(products.map((product) => [index.add(product.key), product]));
  const listed = index.keys.length;
  const newest: { title: string; category: string; atMs: number }[] = [];
  const lineCounts: number[] = [];
  const serviceLines = new Map<string, number>();
  return {
    count: () => index.keys.length,
    /** Notes a line of the item and gives its number. */
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
    /** Services among the keys that only orders know; a product that the shop lists is a product. */
    findServices(): ReadonlySet<number> {
      const isService = (item: number) => {
        const key = index.keys[item]!;
        const counts = { otherLines: lineCounts[item] ?? 0, serviceLines: serviceLines.get(key) ?? 0 };
        return isServiceKey(key, newest[item]?.title ?? "", counts);
      };
      return new Set([...index.keys.keys()].filter((item) => item >= listed && isService(item)));
    },
    /** @param paidMinor [items] median price paid, minor units; 0 when never sold */
    toItems(paidMinor: Float64Array): Item[] {
      return index.keys.map((key, item) => {
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

/** Titles that are never merchandise, whole: "POSTAGE", but not "POSTAGE STAMP MUG". */
const WHOLE_TITLE =
  /^(dotcom )?(postage|shipping|carriage|delivery|freight|handling|packing|manual|discount|tip|gratuity|insurance|deposit|samples?|surcharge|adjust(ment)?|adjust bad debt|bank charges|rounding|fee)( (and|&) (packing|handling|delivery|postage))?( (fee|charge|charges|cost|costs))?$/i;

/** Titles that are never merchandise wherever these words stand. */
const ANY_TITLE =
  /\b(gift (card|voucher|certificate)s?|(amazon|bank|handling|service|transaction) fees?|adjustment by|test product)\b/i;

/** Booking codes of services, asked only of lines without a title. */
const SERVICE_CODE = /^(post|dot|m|d|s|amazon ?fee)$/i;

/**
 * Whether a line is a service, a fee or a voucher, from its title.
 *
 * @param title as the log gives it; an empty title says nothing and gives false
 * @returns known weakness: English words only
 */
export function isServiceTitle(title: string): boolean {
  const text = title.trim();
  return WHOLE_TITLE.test(text) || ANY_TITLE.test(text);
}

/**
 * Whether a key books a service, judged by all its lines: where most have a service's title, so are the few whose
 * title somebody typed over; where no line has a title, the key itself is read. The form of a key alone says nothing:
 * "FOAM" is a product among numbered ones.
 *
 * @param title the newest of the lines that are no services by title; may be empty
 * @param lines number of lines without and with a service's title
 */
export function isServiceKey(
  key: string,
  title: string,
  { otherLines, serviceLines }: { otherLines: number; serviceLines: number },
): boolean {
  if (serviceLines > otherLines) return true;
  if (title !== "") return false;
  return SERVICE_CODE.test(key) || isServiceTitle(key);
}
