import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";

/**
 * How to spell SKUs that differ in case only ("85123a", "85123A"): they are one product. The product list's spelling
 * counts before the log's most frequent one; SKUs that the list itself tells apart stay apart.
 *
 * @returns the spelling of any SKU; one that neither knows comes back as it is
 */
export function openSkuSpelling(
  lines: Iterable<OrderLineRecord>,
  listedSkus: readonly string[] = [],
): (sku: string) => string {
  const counts = new Map<string, number>();
  for (const { itemKey } of lines) counts.set(itemKey, (counts.get(itemKey) ?? 0) + 1);
  const spellings = new Map<string, string>();
  for (const [sku, count] of counts) {
    const known = spellings.get(sku.toUpperCase());
    if (known === undefined || count > counts.get(known)!) spellings.set(sku.toUpperCase(), sku);
  }
  const listed = new Set(listedSkus);
  for (const sku of listed) spellings.set(sku.toUpperCase(), sku);
  const spell = (sku: string) => (listed.has(sku) ? sku : (spellings.get(sku.toUpperCase()) ?? sku));
  // A log asks for the same few SKUs millions of times.
  const known = new Map([...counts.keys()].map((sku) => [sku, spell(sku)]));
  return (sku) => known.get(sku) ?? spell(sku);
}

/** The lines with every SKU in its one spelling; reads the lines twice when no spelling is given. */
export function* mergeSkuCase(
  lines: Iterable<OrderLineRecord>,
  spell = openSkuSpelling(lines),
): Generator<OrderLineRecord> {
  for (const line of lines) {
    const itemKey = spell(line.itemKey);
    yield itemKey === line.itemKey ? line : { ...line, itemKey };
  }
}
