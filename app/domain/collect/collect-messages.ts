import { z } from "zod";
import { messageSchema, TEXT, type MessageOf, type MessageTable } from "#app/domain/message.ts";

const number = z.number();

/** Progress of the first read of a shop, or why it failed. */
export const HISTORY_MESSAGES = {
  "history.products": { number },
  "history.orders": { number },
  "history.failed": { reason: z.string() },
} as const satisfies MessageTable;
export type HistoryMessage = MessageOf<typeof HISTORY_MESSAGES>;
/** As stored in a shop's row. */
export const StoredHistory = messageSchema({ ...TEXT, ...HISTORY_MESSAGES });

const cell = { column: z.string(), cell: z.string() };

/** Why a row of an uploaded file is refused, or used without one of its cells. */
export const ROW_MESSAGES = {
  "row.noOrderId": {},
  "row.noSku": {},
  "row.noSession": {},
  "row.noCurrency": { currency: z.string() },
  "row.notCurrency": cell,
  "row.otherCurrency": { ...cell, currency: z.string() },
  "row.notInstant": cell,
  "row.notDate": cell,
  "row.notWhole": cell,
  "row.notDecimal": cell,
  "row.notPrice": cell,
  "row.notStatus": cell,
  "row.notView": cell,
  "row.listedBefore": { sku: z.string() },
  "row.runaway": { line: number },
} as const satisfies MessageTable;
export type RowMessage = MessageOf<typeof ROW_MESSAGES>;
/** Why a whole uploaded file is refused. */
export const FILE_MESSAGES = {
  "file.empty": {},
  "file.noRows": {},
  "file.noUsableRow": { line: number, reason: z.string() },
  "file.missingColumns": { columns: z.string() },
  "file.doubledColumn": { column: z.string() },
  "file.separator": { separator: z.string() },
  "file.tooManyRows": { rows: number },
  "file.unevenRows": { rows: number },
  "file.tooLarge": { mebibytes: number },
  "file.tooPacked": { times: number },
  "file.notText": {},
  "file.damaged": {},
  "file.openQuote": { line: number },
  "file.longRow": { line: number },
  "file.notCsv": { line: number },
  "file.amount": { order: z.string() },
  "file.slow": {},
} as const satisfies MessageTable;
export type FileMessage = MessageOf<typeof FILE_MESSAGES>;
export type CellMessage = Extract<RowMessage, { readonly values: { readonly column: string } }>;

export type RowResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: RowMessage };
