import { setTimeout } from "node:timers/promises";
import {
  countForPlanner,
  findCoveredSince,
  joinImportToCatalogue,
  listSkuVariants,
  saveImportedOrders,
} from "#app/data/orders/imported-orders.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { groupImportedOrders } from "#app/domain/collect/order-log/group-imported-orders.ts";
import { openSkuMatcher } from "#app/domain/collect/product-facts.ts";
import type { RowMessage } from "#app/domain/collect/collect-messages.ts";
import type { OrderEvent } from "#app/domain/collect/order-event.ts";
import { toImportedId } from "#app/domain/collect/messages/privacy-payload.ts";
import { openZonedInstant, usableTimeZone } from "#app/domain/time.ts";
import { inputError } from "#app/process/errors.ts";
import type { Words } from "#app/locales/words.server.ts";
import { openShopSecret, pseudonymise } from "#app/services/install/shop-secret.server.ts";
import { refuseFile, type FileRefusal } from "#app/services/files/file-refused.ts";
import type { RejectedRow } from "#app/services/files/noted-rows.ts";
import { readOrderLog } from "#app/services/files/read-order-log.server.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import { writeMessage } from "#app/locales/write-message.server.ts";

/** A million rows are several years of a large shop. Shopify allows no order with more than `MOST_LINES` lines. */
const LIMITS = { rows: 1_000_000, unevenRows: 20_000, bytes: 256 << 20, ratio: 100 } as const;
const MOST_LINES = 500;
/** Orders per statement: it takes some milliseconds, so that other queries do not wait longer. */
const ORDERS_PER_BATCH = 100;

/** Result of a file; the reasons of its rows as codes or in words. */
export interface ImportReport<R = RowMessage> {
  readonly orders: number;
  readonly lines: number;
  /** Lines whose SKU is a variant of the shop. */
  readonly matchedLines: number;
  /** Orders left out because Shopify itself has reported them. */
  readonly coveredOrders: number;
  /** Orders left out because they have more lines than Shopify allows. */
  readonly longOrders: number;
  readonly rejectedCount: number;
  /** The first unusable rows, with line numbers. */
  readonly rejected: readonly RejectedRow<R>[];
  readonly currency: string;
}

/**
 * Step 1, collect: reads an order log that the merchant uploaded and saves its orders as imports. The file is CSV or
 * gzip, in the format of Shopify's order export or with the app's own columns. A time without a zone is in the shop's
 * own. All or nothing: a file without a usable row changes nothing. Never replaces an order that Shopify reported. The
 * same file again changes nothing.
 *
 * @param importId the shop's import to mark as done with the orders
 * @throws ImportEnded if that import has ended before
 * @throws AppError input_invalid if the file exceeds the limits, is no order log, has no usable row, or has an order
 *   with an amount that no number holds exactly
 */
export async function importOrderLog(
  deps: Pick<Deps, "db" | "pool" | "secrets" | "log">,
  {
    shop,
    importId,
    body,
    signal,
  }: { shop: string; importId?: string; body: AsyncIterable<Uint8Array>; signal?: AbortSignal },
): Promise<ImportReport> {
  const row = await findShop(deps.db, shop);
  if (!row || row.uninstalledAt) {
    throw inputError(`${shop} has not installed the app`);
  }
  const secret = openShopSecret(deps, row);
  const log = await readOrderLog(body, {
    limits: LIMITS,
    signal,
    currency: row.currency,
    toCustomerKey: (customer) => pseudonymise(secret, toImportedId(customer)),
    fromClockMs: openZonedInstant(usableTimeZone(row.timeZone)),
  });
  const findVariant = openSkuMatcher(await listSkuVariants(deps.pool, shop));
  const until = await findCoveredSince(deps.pool, shop);

  const grouped = groupImportedOrders(log.lines, {
    currency: log.currency,
    findVariant,
    until,
    mostLines: MOST_LINES,
  });
  if (!grouped.ok) {
    const order = grouped.detail ?? "";
    const message = { code: "file.amount", values: { order } } as const;
    throw refuseFile(message, `order ${order}: its amount is out of range`);
  }
  const { orders, leftOut, tooLong } = grouped.value;

  const counts = {
    orders: orders.length,
    lines: orders.reduce((sum, { lines }) => sum + lines.length, 0),
    matchedLines: orders.reduce(
      (sum, { lines }) => sum + lines.filter(({ variantGid }) => variantGid !== null).length,
      0,
    ),
    coveredOrders: leftOut,
    longOrders: tooLong,
    rejectedCount: log.rejectedCount,
    currency: log.currency,
  };
  const report = { ...counts, rejected: log.rejected };
  signal?.throwIfAborted();
  await saveImportedOrders(deps.pool, { shop, importId, report }, inBatches(orders));
  // The first reading of the shop may have ended in between, and has joined only the orders of that time.
  await joinImportToCatalogue(deps.pool, shop);
  await countForPlanner(deps.pool);
  deps.log.info("collect.imported", { shop, ...counts });
  return report;
}

/** The unusable rows, with the reasons in the reader's language. */
export function writeRejected(
  { rejected, currency }: Pick<ImportReport, "rejected" | "currency">,
  words: Words,
): RejectedRow<string>[] {
  const format = createShopFormat({ currency, timeZone: "UTC" }, words.locale);
  return rejected.map(({ line, reason }) => ({ line, reason: writeMessage(reason, { words, format }) }));
}

/** The reason for refusing a file, in the reader's language. */
export function writeRefusal({ message, row }: FileRefusal, words: Words): string {
  const writing = { words, format: createShopFormat({ currency: "USD", timeZone: "UTC" }, words.locale) };
  const { code, values } = message;
  return writeMessage(
    { code, values: row ? { ...values, reason: writeMessage(row, writing) } : values },
    writing,
  );
}

/** Waits after each batch twice as long as its write took, to leave the database time for others. */
async function* inBatches(orders: readonly OrderEvent[]): AsyncGenerator<readonly OrderEvent[]> {
  for (let from = 0; from < orders.length; from += ORDERS_PER_BATCH) {
    const startedMs = performance.now();
    yield orders.slice(from, from + ORDERS_PER_BATCH);
    await setTimeout(2 * (performance.now() - startedMs));
  }
}
