import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { parse, print, visit } from "graphql";

/*
 * Creates the two schema files of this folder from what Shopify publishes for one API version:
 *
 *   node tests/standin/schema/compress-admin-schema.ts ADMIN.graphql OFFLINE_SCOPES.json
 *
 * The schema is kept complete, because a pruned one would refuse fields that Shopify has. Only the descriptions are
 * dropped.
 */

interface ScopeItem {
  typeName: string;
  fieldName?: string;
  offlineScopes: string[];
}

const [schemaPath, scopesPath] = process.argv.slice(2);
if (!schemaPath || !scopesPath) {
  console.error("usage: node tests/standin/schema/compress-admin-schema.ts ADMIN.graphql OFFLINE_SCOPES.json");
  process.exit(2);
}

const document = parse(readFileSync(schemaPath, "utf8"), { noLocation: true });
const bare = visit(document, {
  leave: (node) => ("description" in node && node.description ? { ...node, description: undefined } : undefined),
});
writeFileSync(new URL("admin.graphql.gz", import.meta.url), gzipSync(print(bare), { level: 9 }));

const { items } = JSON.parse(readFileSync(scopesPath, "utf8")) as { items: ScopeItem[] };
const scopes = Object.fromEntries(
  items
    .filter(({ offlineScopes }) => offlineScopes.length > 0)
    .map(({ typeName, fieldName, offlineScopes }) => [
      fieldName === undefined ? typeName : `${typeName}.${fieldName}`,
      offlineScopes,
    ])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
);
writeFileSync(
  new URL("admin-scopes.json.gz", import.meta.url),
  gzipSync(JSON.stringify(scopes), { level: 9 }),
);
