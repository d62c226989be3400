import {
  execute,
  getNamedType,
  getOperationAST,
  GraphQLError,
  isObjectType,
  parse,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from "graphql";
import {
  accessDenied,
  hasAnyScope,
  notHeld,
  type AdminContext,
  type BulkPage,
  type Resolver,
} from "./admin-context.ts";
import { readAdminSchema, readAdminScopes } from "./admin-schema.ts";
import type { Connection } from "./connection.ts";
import type { LeakyBucket } from "./leaky-bucket.ts";
import { MAX_QUERY_COST, MUTATION_COST, requestedCost, sizeFactor } from "./query-cost.ts";
import { adminResolvers } from "./resolvers.ts";

export interface AdminRequest {
  query?: unknown;
  variables?: Readonly<Record<string, unknown>> | null;
  operationName?: string | null;
}

/**
 * Answers one Admin API request as Shopify does: refuses fields outside the schema, counts the cost, throttles,
 * checks the scopes field by field, and reports the cost under `extensions`.
 */
export async function executeAdmin(
  request: AdminRequest,
  context: AdminContext,
  bucket: LeakyBucket,
): Promise<ExecutionResult> {
  const schema = readAdminSchema();
  const checked = checkRequest(schema, request);
  if ("errors" in checked) return checked;
  const { document, operation } = checked;
  const variables = request.variables ?? {};
  const requested = requestedCost(schema, document, operation, variables);
  const costOf = (actual: number | null) => ({
    cost: { requestedQueryCost: requested, actualQueryCost: actual, throttleStatus: bucket.status() },
  });
  if (requested > MAX_QUERY_COST) {
    const message = `Query cost is ${requested}, which exceeds the single query max cost limit (${MAX_QUERY_COST}).`;
    const extensions = { code: "MAX_COST_EXCEEDED", cost: requested, maxCost: MAX_QUERY_COST };
    return { errors: [new GraphQLError(message, { extensions })], extensions: costOf(null) };
  }
  if (!bucket.take(requested)) {
    const extensions = { code: "THROTTLED", documentation: "https://shopify.dev/api/usage/rate-limits" };
    return { errors: [new GraphQLError("Throttled", { extensions })], extensions: costOf(null) };
  }
  const result = await runAdmin(document, variables, context, request.operationName);
  const isMutation = operation.operation === "mutation";
  const surcharge = isMutation ? (MUTATION_COST - 1) * Object.keys(result.data ?? {}).length : 0;
  const actual = Math.min(requested, actualCost(result.data, true) + surcharge);
  bucket.giveBack(requested - actual);
  return { ...result, extensions: costOf(actual) };
}

/** Runs a checked document without counting its cost: what bulk operations do. */
export async function runAdmin(
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
  context: AdminContext,
  operationName?: string | null,
): Promise<ExecutionResult> {
  return execute({
    schema: readAdminSchema(),
    document,
    variableValues: variables,
    contextValue: context,
    rootValue: {},
    operationName: operationName ?? null,
    fieldResolver: resolveField,
    typeResolver: (value) => typeOf(value),
  });
}

function checkRequest(schema: GraphQLSchema, request: AdminRequest) {
  if (typeof request.query !== "string" || request.query === "") {
    return { errors: [new GraphQLError("No query string was present")] };
  }
  let document: DocumentNode;
  try {
    document = parse(request.query);
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
  const errors = validate(schema, document);
  if (errors.length > 0) return { errors };
  const operation = getOperationAST(document, request.operationName);
  if (!operation) return { errors: [new GraphQLError("An operation name is required")] };
  return { document, operation };
}

const resolveField: GraphQLFieldResolver<unknown, AdminContext> = (source, args, context, info) => {
  const { parentType, fieldName, returnType } = info;
  const named = getNamedType(returnType).name;
  const element = named.endsWith("Connection") ? named.slice(0, -"Connection".length) : named;
  const scopes = readAdminScopes();
  for (const wanted of [scopes.get(`${parentType.name}.${fieldName}`), scopes.get(element)]) {
    if (wanted && !hasAnyScope(context.scopes, wanted)) throw accessDenied(fieldName, wanted);
  }
  const resolver: Resolver | undefined = adminResolvers[parentType.name]?.[fieldName];
  if (resolver && context.bulkPage && info.path.prev === undefined) {
    return resolveBulkRoot(resolver, args, context, context.bulkPage);
  }
  if (resolver) return resolver(source as never, args as never, context);
  const value = (source as Record<string, unknown> | null)?.[fieldName];
  if (value === undefined) throw notHeld(`${parentType.name}.${fieldName}`);
  return value;
};

/** Answers one page of a bulk operation's root and records where the next one starts. */
function resolveBulkRoot(resolver: Resolver, args: object, context: AdminContext, page: BulkPage): unknown {
  const pageArgs = { ...args, first: page.first, after: page.after };
  const answered = resolver({} as never, pageArgs as never, { ...context, isBulk: false });
  const { pageInfo } = (answered ?? {}) as Partial<Connection<unknown>>;
  page.hasNextPage = pageInfo?.hasNextPage ?? false;
  page.after = pageInfo?.endCursor ?? null;
  return answered;
}

/** The type comes from a record's gid; payloads without a gid carry `__typename`. */
function typeOf(value: unknown): string {
  const record = value as { __typename?: string; gid?: string };
  const name = record.__typename ?? /^gid:\/\/shopify\/(\w+)\//.exec(record.gid ?? "")?.[1];
  if (name === undefined || !isObjectType(readAdminSchema().getType(name))) {
    throw notHeld("the type of this object");
  }
  return name;
}

/**
 * Points of an answer: 1 per object, connections by the number of their records. `nodes` at the root is not a
 * connection but `nodes(ids:)`, where each record counts, as in the requested cost.
 */
function actualCost(data: unknown, isRoot = false): number {
  if (Array.isArray(data)) return data.reduce((sum: number, item) => sum + actualCost(item), 0);
  if (typeof data !== "object" || data === null) return 0;
  let sum = 0;
  for (const [name, value] of Object.entries(data)) {
    if (typeof value !== "object" || value === null) continue;
    if (name === "pageInfo") continue;
    if (isRoot && name === "nodes") {
      sum += actualCost(value) + (value as unknown[]).filter((item) => item !== null).length;
    } else if (name === "nodes" || name === "edges") {
      const items = value as unknown[];
      const each = items.length === 0 ? 0 : actualCost(items) / items.length + (name === "nodes" ? 1 : 0);
      sum += Math.round(each * sizeFactor(items.length));
    } else {
      sum += 1 + actualCost(value);
    }
  }
  return sum;
}
