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
 * Shopify's states of a bulk operation: CREATED → RUNNING → COMPLETED or FAILED. A cancelled operation goes through
 * CANCELING to CANCELED. A result that is not fetched within a few days becomes EXPIRED.
 */
const BulkStatus = z.enum(["CREATED", "RUNNING", "CANCELING", "COMPLETED", "FAILED", "CANCELED", "EXPIRED"]);
/** The states of an operation that has not ended yet. */
const AT_WORK = ["CREATED", "RUNNING", "CANCELING"];

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

/** Progress through the result of one bulk operation, so that a later attempt can resume. */
export const BulkPlace = z.object({
  operationGid: z.string(),
  /** Records of the root connection processed so far, in the order of the result. */
  records: z.number().int().min(0),
});
export type BulkPlace = z.infer<typeof BulkPlace>;

const Line = z.looseObject({ id: z.string().optional(), __parentId: z.string().optional() });

/** One record of the query's root connection, with the records of its nested connection. */
interface BulkRecord {
  readonly node: unknown;
  readonly children: readonly unknown[];
  /** Progress once this record is processed. */
  readonly place: BulkPlace;
  /** Whether an earlier attempt already processed it. */
  readonly isDone: boolean;
}

export interface BulkReading extends AdminCalls {
  /** Called while Shopify collects the result, with the number of records so far. */
  readonly onCount?: ((objectCount: number) => Promise<void>) | undefined;
  /** Progress of an earlier attempt at the same query. */
  readonly from?: BulkPlace | null | undefined;
}

/** The wait doubles from here: a small shop gets its result at once, and a long operation costs few calls. */
const FIRST_POLL_MS = 50;
const MAX_POLL_MS = 5_000;

/**
 * Reads a whole connection by a bulk operation, which does not count towards the shop's rate limit. Starts the
 * operation, waits for its end, and streams the result, so memory use does not grow with the number of records. With
 * `from`, streams the result of the earlier attempt again, which Shopify keeps for seven days; if that operation did
 * not complete, starts another.
 *
 * @param query one root connection with at most one nested connection; Shopify refuses deeper ones in lists
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

/** The result of the earlier attempt with its progress, else the result of a new operation. */
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

/** Shopify no longer knows the bulk operation, or it ended without a complete result. */
class BulkOperationEnded extends AppError {}

/**
 * Waits for the end of a bulk operation.
 *
 * @returns the URL of the result; null when there is none
 * @throws AppError as `readInBulk`
 */
async function waitForBulkResult(reading: BulkReading, id: string): Promise<string | null> {
  const { signal, onCount } = reading;
  for (let waitMs = FIRST_POLL_MS; ; waitMs = Math.min(waitMs * 2, MAX_POLL_MS)) {
    await sleep(waitMs, undefined, signal ? { signal } : {});
    const { bulkOperation } = await requestGraphql(reading, READ_BULK_OPERATION, { id }, State);
    if (bulkOperation === null) {
      throw new BulkOperationEnded("shopify_unreachable", "Shopify knows no such bulk operation", true);
    }
    const { status, errorCode, objectCount, url } = bulkOperation;
    // Records without a URL are a lost result, not an empty one.
    if (status === "COMPLETED" && (url !== null || objectCount === 0)) return url;
    if (!AT_WORK.includes(status)) {
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
 * @throws AppError shopify_unreachable (retryable) when it cannot be fetched completely
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
  // `readline` would split at U+2028 inside a string.
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
