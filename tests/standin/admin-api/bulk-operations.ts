import { parse } from "graphql";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import type { AdminContext, BulkPage } from "./admin-context.ts";
import { checkBulkQuery } from "./bulk-query.ts";
import { runAdmin } from "./execute-admin.ts";

export interface BulkOperation {
  readonly gid: string;
  readonly query: string;
  readonly isGrouped: boolean;
  readonly createdAtMs: number;
  status: "CREATED" | "RUNNING" | "COMPLETED" | "FAILED";
  errorCode: "ACCESS_DENIED" | "INTERNAL_SERVER_ERROR" | null;
  completedAtMs: number | null;
  objectCount: number;
  rootObjectCount: number;
  jsonl: string | null;
}

const MAX_RUNNING = 5;
/** Root records read at a time; other requests run in between. */
const ROOT_PAGE = 250;

/** Bulk operations of one shop. They run after the answer, and their result is fetched as JSON lines. */
export class BulkOperations {
  readonly #operations = new Map<string, BulkOperation>();
  readonly #running = new Set<Promise<void>>();
  readonly #state: ShopState;
  readonly #baseUrl: () => string;

  constructor(state: ShopState, baseUrl: () => string) {
    this.#state = state;
    this.#baseUrl = baseUrl;
  }

  find(gid: string): BulkOperation | null {
    return this.#operations.get(gid) ?? null;
  }

  list(): BulkOperation[] {
    return [...this.#operations.values()];
  }

  urlOf({ gid, jsonl }: BulkOperation): string | null {
    return jsonl === null || jsonl === "" ? null : `${this.#baseUrl()}/bulk-results/${legacyId(gid)}.jsonl`;
  }

  findByNumber(id: string): BulkOperation | null {
    return this.#operations.get(`gid://shopify/BulkOperation/${id}`) ?? null;
  }

  /** @param isGrouped children directly after their parent; otherwise after all records of the root */
  start(
    query: string,
    isGrouped: boolean,
    context: AdminContext,
  ): BulkOperation | { problem: string; code: string } {
    const problem = checkBulkQuery(query);
    if (problem !== null) return { code: "INVALID", problem: `Invalid bulk query: ${problem}` };
    if (this.#running.size >= MAX_RUNNING) {
      const inProgress = "A bulk query operation for this app and shop is already in progress.";
      return { code: "OPERATION_IN_PROGRESS", problem: inProgress };
    }
    const operation: BulkOperation = {
      gid: this.#state.clock.nextGid("BulkOperation"),
      query,
      isGrouped,
      createdAtMs: this.#state.clock.now(),
      status: "CREATED",
      errorCode: null,
      completedAtMs: null,
      objectCount: 0,
      rootObjectCount: 0,
      jsonl: null,
    };
    this.#operations.set(operation.gid, operation);
    const run = this.#run(operation, { ...context, isBulk: true }).finally(() => this.#running.delete(run));
    this.#running.add(run);
    return operation;
  }

  /** Resolves when nothing runs any more. */
  async drain(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #run(operation: BulkOperation, context: AdminContext): Promise<void> {
    // The caller gets its answer first, as with Shopify.
    await nextTurn();
    operation.status = "RUNNING";
    await this.#runQuery(operation, context);
    operation.completedAtMs = this.#state.clock.now();
    if (operation.status === "RUNNING") operation.status = "COMPLETED";
    this.#state.clock.emit({
      topic: "bulk_operations/finish",
      payload: {
        admin_graphql_api_id: operation.gid,
        status: operation.status.toLowerCase(),
        error_code: operation.errorCode?.toLowerCase() ?? null,
        type: "query",
        created_at: new Date(operation.createdAtMs).toISOString(),
        completed_at: new Date(operation.completedAtMs).toISOString(),
      },
    });
  }

  async #runQuery(operation: BulkOperation, context: AdminContext): Promise<void> {
    const document = parse(operation.query);
    const page: BulkPage = { first: ROOT_PAGE, after: null, hasNextPage: true };
    const roots: string[] = [];
    const children: string[] = [];
    while (page.hasNextPage) {
      page.hasNextPage = false;
      const result = await runAdmin(document, {}, { ...context, bulkPage: page });
      if (result.errors) {
        const isDenied = result.errors[0]?.extensions["code"] === "ACCESS_DENIED";
        operation.status = "FAILED";
        operation.errorCode = isDenied ? "ACCESS_DENIED" : "INTERNAL_SERVER_ERROR";
        break;
      }
      for (const line of toLines(result.data)) {
        const isChild = "__parentId" in line;
        (isChild && !operation.isGrouped ? children : roots).push(`${JSON.stringify(line)}\n`);
        if (!isChild) operation.rootObjectCount += 1;
        operation.objectCount += 1;
      }
      await nextTurn();
    }
    if (operation.status === "RUNNING") operation.jsonl = [...roots, ...children].join("");
  }
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Flattens an answer: every record of a connection becomes a line; a nested one names its parent's id. */
function toLines(data: unknown): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  for (const root of Object.values((data ?? {}) as Record<string, unknown>)) {
    addLines(recordsOf(root) ?? [root], undefined, lines);
  }
  return lines;
}

function addLines(records: readonly unknown[], parentId: unknown, lines: Record<string, unknown>[]): void {
  for (const record of records) {
    const nested: NestedRecords[] = [];
    const line = withoutConnections(record, undefined, nested) as Record<string, unknown>;
    lines.push(parentId === undefined ? line : { ...line, __parentId: parentId });
    for (const { records: children, parentId: id } of nested) addLines(children, id, lines);
  }
}

interface NestedRecords {
  readonly records: readonly unknown[];
  readonly parentId: unknown;
}

/** Copies a value without its connections, which go into `nested`. */
function withoutConnections(value: unknown, ownerId: unknown, nested: NestedRecords[]): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutConnections(item, ownerId, nested));
  if (typeof value !== "object" || value === null) return value;
  const id = (value as { id?: unknown }).id ?? ownerId;
  const own: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(value)) {
    const records = recordsOf(child);
    if (records) nested.push({ records, parentId: id });
    else own[name] = withoutConnections(child, id, nested);
  }
  return own;
}

function recordsOf(value: unknown): unknown[] | null {
  if (typeof value !== "object" || value === null) return null;
  const { edges, nodes } = value as { edges?: { node: unknown }[]; nodes?: unknown[] };
  if (Array.isArray(edges)) return edges.map(({ node }) => node);
  return Array.isArray(nodes) ? nodes : null;
}
