import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { buildSchema, extendSchema, GraphQLScalarType, parse, type GraphQLSchema } from "graphql";

/** The Admin API version of the schema in ../schema; requests for another version are refused. */
export const ADMIN_API_VERSION = "2026-10";

let schema: GraphQLSchema | undefined;
let scopes: ReadonlyMap<string, readonly string[]> | undefined;

/** Types that the published schema does not have yet; the file names the source of each. */
const ROLLOUTS = readFileSync(new URL("../schema/rollouts.graphql", import.meta.url), "utf8");

/** Shopify's complete Admin schema. The first call takes about 0.3 s. */
export function readAdminSchema(): GraphQLSchema {
  schema ??= buildAdminSchema();
  return schema;
}

/** For each `Type` and `Type.field`, the access scopes of which any one opens it to an offline token. */
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
