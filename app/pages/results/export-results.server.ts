import type { Deps } from "#app/services/deps.server.ts";
import { readKeptShop } from "#app/data/shops/shops.server.ts";
import { formatDecimal } from "#app/domain/money.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { writeCsv } from "#app/services/files/read-csv.server.ts";
import { readResults } from "#app/services/evaluate/read-results.server.ts";

const HEADINGS = [
  "Bundle",
  "Kind",
  "Status",
  "Visitors who saw it",
  "Visitors who added it",
  "Visitors who closed it",
  "Orders",
  "Revenue before tax",
  "Discount before tax",
  "Currency",
];

/**
 * The results of each bundle as CSV (RFC 4180) for a spreadsheet: plain numbers, money with a decimal point.
 *
 * @param days length of the window, which ends now
 */
export async function exportResults(
  deps: Deps,
  { shop, days, now }: { shop: string; days: number; now: Date },
): Promise<string> {
  const { currency } = await readKeptShop(deps.db, shop);
  const toMs = now.getTime();
  const { bundles } = await readResults(deps, { shop, fromMs: toMs - days * DAY_MS, toMs });
  const rows = bundles.map((bundle) => [
    bundle.title,
    bundle.kind,
    bundle.status,
    String(bundle.exposedVisitors),
    String(bundle.addedVisitors),
    String(bundle.dismissedVisitors),
    String(bundle.orders),
    formatDecimal(bundle.revenueMinor, currency),
    formatDecimal(bundle.discountMinor, currency),
    currency,
  ]);
  return writeCsv([HEADINGS, ...rows]);
}
