import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";

/** Gives SKUs that differ in case only ("85123a", "85123A") the spelling that was read first: they are one product. */
export function* mergeSkuCase(lines: Iterable<OrderLineRecord>): Iterable<OrderLineRecord> {
  const spelling = new Map<string, string>();
  for (const line of lines) {
    const folded = line.itemKey.toUpperCase();
    const known = spelling.get(folded);
    if (known === undefined) spelling.set(folded, line.itemKey);
    yield known === undefined || known === line.itemKey ? line : { ...line, itemKey: known };
  }
}
