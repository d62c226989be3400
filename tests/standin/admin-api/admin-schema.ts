import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { buildSchema, extendSchema, GraphQLScalarType, parse, type GraphQLSchema } from "graphql";

/** The Admin API version whose schema lies in ../schema; requests for another are refused. */
export const ADMIN_API_VERSION = "2026-10";

let schema: GraphQLSchema | undefined;
let scopes: ReadonlyMap<string, readonly string[]> | undefined;

/** Types that the published schema does not have yet; the file says where each is from. */
const ROLLOUTS = readFileSync(new URL("../schema/rollouts.graphql", import.meta.url), "utf8");

/** Shopify's own Admin schema, whole. Takes about 0.3 s the first time. */
export function readAdminSchema(): GraphQLSchema {
  schema ??= buildAdminSchema();
  return schema;
}

/** The access scopes, any of which opens `Type` or `Type.field` to an offline token. */
export function readAdminScopes(): ReadonlyMap<string, readonly string[]> {
  scopes ??= new Map<string, readonly string[]>([
    ...Object.entries(JSON.parse(readGzipped("admin-scopes.json.gz")) as Record<string, string[]>),
    ...[...ROLLOUTS.matchAll(/^(?:type|interface) (Rollout\w*)/gm)].map(
      ([, name]) => [name!, ["read_rollouts"]] as const,
    ),
  ]);
  return scopes;
}

function buildAdminSchema(): GraphQLSchema {
  const published = buildSchema(readGzipped("admin.graphql.gz"), { assumeValid: true, assumeValidSDL: true });
  const built = extendSchema(published, parse(ROLLOUTS));
  const dateTime = built.getType("DateTime");
  if (dateTime instanceof GraphQLScalarType) {
    dateTime.parseValue = (value) => {
      if (typeof value === "string" && !Number.isNaN(Date.parse(value))) return value;
      throw new TypeError(`Invalid ISO8601 datetime: ${JSON.stringify(value)}`);
    };
  }
  return built;
}

function readGzipped(name: string): string {
  return gunzipSync(readFileSync(new URL(`../schema/${name}`, import.meta.url))).toString("utf8");
}
