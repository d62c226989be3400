import { toConnection, type PageArgs } from "./connection.ts";
import { toIso, type Resolvers } from "./admin-context.ts";
import { compileSearch, type SearchFields } from "./search-query.ts";
import type { BulkOperation } from "./bulk-operations.ts";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";

const SEARCH_FIELDS: SearchFields<BulkOperation> = {
  operation_type: () => "QUERY",
  status: ({ status }) => status,
  id: ({ gid }) => legacyId(gid),
};

export const bulkResolvers: Resolvers = {
  QueryRoot: {
    currentBulkOperation: (_: unknown, { type }: { type?: string | null }, { bulk }) =>
      bulk
        .list()
        .filter(() => (type ?? "QUERY") === "QUERY")
        .at(-1) ?? null,
    bulkOperation: (_: unknown, { id }: { id: string }, { bulk }) => bulk.find(id),
    bulkOperations: (_: unknown, args: PageArgs & { query?: string | null }, { bulk, isBulk }) =>
      toConnection(bulk.list().filter(compileSearch(args.query, SEARCH_FIELDS)), args, {
        keyOf: ({ gid }) => legacyId(gid),
        idOf: ({ gid }) => gid,
        isBulk,
      }),
  },
  BulkOperation: {
    id: ({ gid }: BulkOperation) => gid,
    type: () => "QUERY",
    createdAt: ({ createdAtMs }: BulkOperation) => toIso(createdAtMs),
    completedAt: ({ completedAtMs }: BulkOperation) => (completedAtMs === null ? null : toIso(completedAtMs)),
    objectCount: ({ objectCount }: BulkOperation) => String(objectCount),
    rootObjectCount: ({ rootObjectCount }: BulkOperation) => String(rootObjectCount),
    fileSize: ({ jsonl }: BulkOperation) => (jsonl === null ? null : String(Buffer.byteLength(jsonl))),
    url: (operation: BulkOperation, _: unknown, { bulk }) => bulk.urlOf(operation),
    partialDataUrl: () => null,
  },
  Mutation: {
    bulkOperationRunQuery: (
      _: unknown,
      { query, groupObjects }: { query: string; groupObjects: boolean },
      context,
    ) => {
      const started = context.bulk.start(query, groupObjects, context);
      return "problem" in started
        ? {
            bulkOperation: null,
            userErrors: [{ code: started.code, field: ["query"], message: started.problem }],
          }
        : { bulkOperation: started, userErrors: [] };
    },
  },
};
