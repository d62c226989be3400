import { parse } from "graphql";
import { legacyId } from "../shop-clock.ts";
import type { ShopState } from "../shop-state.ts";
import type { AdminContext } from "./admin-context.ts";
import { checkBulkQuery } from "./bulk-query.ts";
import { runAdmin } from "./execute-admin.ts";

export interface BulkOperation {
  readonly gid: string;
  readonly query: string;
  readonly isGrouped: boolean;
  readonly createdAtMs: number;
  status: "CREATED" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELED";
  errorCode: "ACCESS_DENIED" | "INTERNAL_SERVER_ERROR" | null;
  completedAtMs: number | null;
  objectCount: number;
  rootObjectCount: number;
  jsonl: string | null;
}

const MAX_RUNNING = 5;

/** Bulk queries of one shop: they run after the answer, and their result is fetched as JSON lines. */
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
    if (this.#running.size >= MAX_RUNNING) {
      return {
        code: "OPERATION_IN_PROGRESS",
        problem: "A bulk query operation for this app and shop is already in progress.",
      };
    }
    const problem = checkBulkQuery(query);
    if (problem !== null) return { code: "INVALID", problem: `Invalid bulk query: ${problem}` };
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

  cancel(gid: string): BulkOperation | null {
    const operation = this.#operations.get(gid);
    if (!operation) return null;
    if (operation.status === "CREATED" || operation.status === "RUNNING") operation.status = "CANCELED";
    return operation;
  }

  /** Resolves when nothing runs any more. */
  async drain(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #run(operation: BulkOperation, context: AdminContext): Promise<void> {
    // The caller gets its answer first, as with Shopify.
    await new Promise((resolve) => setImmediate(resolve));
    if (operation.status === "CANCELED") return;
    operation.status = "RUNNING";
    const result = await runAdmin(parse(operation.query), {}, context);
    if (this.find(operation.gid)?.status === "CANCELED") return;
    operation.completedAtMs = this.#state.clock.now();
    const code = result.errors?.[0]?.extensions["code"];
    if (result.errors) {
      operation.status = "FAILED";
      operation.errorCode = code === "ACCESS_DENIED" ? "ACCESS_DENIED" : "INTERNAL_SERVER_ERROR";
    } else {
      const { lines: grouped, rootCount } = toLines(result.data);
      const isChild = (line: Record<string, unknown>) => "__parentId" in line;
      const lines = operation.isGrouped
        ? grouped
        : [...grouped.filter((line) => !isChild(line)), ...grouped.filter(isChild)];
      operation.jsonl = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
      operation.objectCount = lines.length;
      operation.rootObjectCount = rootCount;
      operation.status = "COMPLETED";
    }
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
}

/** Flattens an answer: every record of a connection becomes a line; a nested one names its parent's id. */
function toLines(data: unknown): { lines: Record<string, unknown>[]; rootCount: number } {
  const lines: Record<string, unknown>[] = [];
  let rootCount = 0;
  const visit = (value: unknown, parentId: unknown): unknown => {
    if (Array.isArray(value)) return value.map((item) => visit(item, parentId));
    if (typeof value !== "object" || value === null) return value;
    const own: Record<string, unknown> = {};
    const nested: [unknown[], unknown][] = [];
    const id = (value as { id?: unknown }).id ?? parentId;
    for (const [name, child] of Object.entries(value)) {
      const records = recordsOf(child);
      if (records) nested.push([records, id]);
      else own[name] = visit(child, id);
    }
    if (nested.length > 0) pending.push(...nested);
    return own;
  };
  let pending: [unknown[], unknown][] = [];
  const emit = (records: unknown[], parentId: unknown) => {
    for (const record of records) {
      pending = [];
      const line = visit(record, undefined) as Record<string, unknown>;
      const children = pending;
      lines.push(parentId === undefined ? line : { ...line, __parentId: parentId });
      if (parentId === undefined) rootCount += 1;
      for (const [items, id] of children) emit(items, id);
    }
  };
  for (const root of Object.values((data ?? {}) as Record<string, unknown>))
    emit(recordsOf(root) ?? [root], undefined);
  return { lines, rootCount };
}

function recordsOf(value: unknown): unknown[] | null {
  if (typeof value !== "object" || value === null) return null;
  const { edges, nodes } = value as { edges?: { node: unknown }[]; nodes?: unknown[] };
  if (Array.isArray(edges)) return edges.map(({ node }) => node);
  return Array.isArray(nodes) ? nodes : null;
}
