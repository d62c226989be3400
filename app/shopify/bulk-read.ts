import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { parseJsonKeepingIds } from "#app/domain/collect/messages/shopify-values.ts";
import { AppError } from "#app/process/errors.ts";
import { requestGraphql, type AdminCalls } from "./graphql-request.ts";

export const RUN_BULK_QUERY_OPERATION = `#graphql
  mutation RunBulkQuery($query: String!) {
    bulkOperationRunQuery(query: $query, groupObjects: true) {
      bulkOperation { id }
      userErrors { field message code }
    }
  }`;

export const READ_BULK_OPERATION = `#graphql
  query ReadBulkOperation($id: ID!) {
    bulkOperation(id: $id) { status errorCode objectCount url }
  }`;

const Started = z.object({
  bulkOperationRunQuery: z.object({ bulkOperation: z.object({ id: z.string() }) }),
});

/**
 * Shopify's states of a bulk operation, and their moves: CREATED → RUNNING → COMPLETED or FAILED; asked to stop, both of
 * the first → CANCELING → CANCELED. What is not fetched within days of its end is EXPIRED.
 */
export const BulkStatus = z.enum([
  "CREATED",
  "RUNNING",
  "CANCELING",
  "COMPLETED",
  "FAILED",
  "CANCELED",
  "EXPIRED",
]);
type BulkStatus = z.infer<typeof BulkStatus>;

/** Whether an operation has not come to its end. */
export function isBulkAtWork(status: BulkStatus): boolean {
  return ["CREATED", "RUNNING", "CANCELING"].includes(status);
}

const State = z.object({
  bulkOperation: z
    .object({
      status: BulkStatus,
      errorCode: z.string().nullable(),
      objectCount: z.coerce.number(),
      url: z.string().nullable(),
    })
    .nullable(),
});

/** How far the result of one bulk operation has been dealt with, for an attempt that goes on after this one. */
export const BulkPlace = z.object({
  operationGid: z.string(),
  /** Records of the root connection, in the result's order. */
  records: z.number().int().min(0),
});
export type BulkPlace = z.infer<typeof BulkPlace>;

const Line = z.looseObject({ id: z.string().optional(), __parentId: z.string().optional() });

/** One record of the query's root connection, with the records of its nested connection. */
interface BulkRecord {
  readonly node: unknown;
  readonly children: readonly unknown[];
  /** The place once this record is dealt with. */
  readonly place: BulkPlace;
  /** Whether an earlier attempt, by the place that it left, has dealt with it. */
  readonly isDone: boolean;
}

export interface BulkReading extends AdminCalls {
  /** Called while Shopify gathers, with the number of records it has found so far. */
  readonly onCount?: ((objectCount: number) => Promise<void>) | undefined;
  /** Where an earlier attempt at the very same query got to. */
  readonly from?: BulkPlace | null | undefined;
  /** An operation that was cancelled counts as ended, without a result. */
  readonly acceptsCancelled?: boolean;
}

/** From here the wait doubles: a small shop's result is there at once, and a long one costs as few calls. */
const FIRST_POLL_MS = 50;
const MAX_POLL_MS = 5_000;

/**
 * Reads a whole connection by a bulk operation, which costs nothing of the shop's rate limit and has no pages: it
 * starts the operation, waits for its end, and streams the result, so that a million records need no memory. From a
 * place that an earlier attempt left, it streams that attempt's result again, which Shopify keeps for seven days; an
 * operation that did not come to an end is started anew.
 *
 * @param query holds one root connection and at most one connection inside it; Shopify refuses deeper ones in lists
 * @throws AppError shopify_user_error when Shopify refuses the query, shopify_unreachable (retryable) when the
 *   operation fails or its result can't be fetched
 */
export async function* readInBulk(reading: BulkReading, query: string): AsyncGenerator<BulkRecord> {
  const { url, operationGid, records: done } = await findResult(reading, query);
  if (url === null) return;
  let records = 0;
  let current: (BulkRecord & { id: string | undefined; children: unknown[] }) | null = null;
  for await (const text of fetchBulkLines(url, reading.signal)) {
    const line = Line.parse(parseJsonKeepingIds(text));
    if (line.__parentId === undefined) {
      if (current) yield current;
      records += 1;
      const place = { operationGid, records };
      current = { node: line, id: line.id, children: [], place, isDone: records <= done };
    } else if (current && current.id === line.__parentId) {
      current.children.push(line);
    } else {
      throw new AppError("shopify_unreachable", "The bulk result is not grouped by parent", true);
    }
  }
  if (current) yield current;
}

/** The earlier attempt's result with the records that it has dealt with, else that of a new operation. */
async function findResult(reading: BulkReading, query: string): Promise<BulkPlace & { url: string | null }> {
  const { from } = reading;
  if (from) {
    try {
      return { ...from, url: await waitForBulkResult(reading, from.operationGid) };
    } catch (error) {
      if (!(error instanceof BulkOperationEnded)) throw error;
    }
  }
  const started = await requestGraphql(reading, RUN_BULK_QUERY_OPERATION, { query }, Started);
  const operationGid = started.bulkOperationRunQuery.bulkOperation.id;
  return { operationGid, records: 0, url: await waitForBulkResult(reading, operationGid) };
}

/** A bulk operation that Shopify does not know any more, or that ended without its whole result. */
class BulkOperationEnded extends AppError {}

/**
 * Waits for the end of a bulk operation.
 *
 * @returns where its result lies; null when it has none
 * @throws AppError as `readInBulk`
 */
export async function waitForBulkResult(reading: BulkReading, id: string): Promise<string | null> {
  const { signal, onCount, acceptsCancelled = false } = reading;
  for (let waitMs = FIRST_POLL_MS; ; waitMs = Math.min(waitMs * 2, MAX_POLL_MS)) {
    await sleep(waitMs, undefined, signal ? { signal } : {});
    const { bulkOperation } = await requestGraphql(reading, READ_BULK_OPERATION, { id }, State);
    if (bulkOperation === null) {
      throw new BulkOperationEnded("shopify_unreachable", "Shopify knows no such bulk operation", true);
    }
    const { status, errorCode, objectCount, url } = bulkOperation;
    if (status === "COMPLETED") return url;
    if (status === "CANCELED" && acceptsCancelled) return null;
    if (!isBulkAtWork(status)) {
      const isDenied = errorCode === "ACCESS_DENIED";
      const reported = `The bulk operation ended as ${status}${errorCode ? ` (${errorCode})` : ""}`;
      throw new BulkOperationEnded(
        isDenied ? "shopify_user_error" : "shopify_unreachable",
        reported,
        !isDenied,
      );
    }
    await onCount?.(objectCount);
  }
}

/**
 * Streams a bulk operation's result, line by line.
 *
 * @throws AppError shopify_unreachable (retryable) when it can't be fetched, or breaks off
 */
export async function* fetchBulkLines(url: string, signal?: AbortSignal): AsyncGenerator<string> {
  const answer = await fetch(url, signal ? { signal } : {}).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw new AppError("shopify_unreachable", "The bulk result could not be fetched", true, { cause });
  });
  if (!answer.ok || !answer.body) {
    throw new AppError("shopify_unreachable", `The bulk result answered HTTP ${answer.status}`, true);
  }
  const text = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>).setEncoding("utf8");
  // Not by `readline`, which takes U+2028 inside a text for a line's end.
  let rest = "";
  try {
    for await (const chunk of text) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop()!;
      for (const line of lines) if (line !== "") yield line;
    }
    if (rest !== "") yield rest;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new AppError("shopify_unreachable", "The bulk result broke off", true, { cause });
  }
}
