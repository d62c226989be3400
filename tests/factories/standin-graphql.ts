import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { BulkOperations } from "#tests/standin/admin-api/bulk-operations.ts";
import { executeAdmin } from "#tests/standin/admin-api/execute-admin.ts";
import { LeakyBucket } from "#tests/standin/admin-api/leaky-bucket.ts";
import type { AppExtensions } from "#tests/standin/shop/app-extensions.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";

const EXTENSIONS: AppExtensions = {
  functions: [
    {
      id: "11111111-2222-3333-4444-555555555555",
      handle: "bundle-discount",
      title: "Bundle discount",
      apiVersion: "2026-10",
      targets: ["cart.lines.discounts.generate.run"],
    },
  ],
  webPixel: { settingKeys: ["shop", "endpoint"] },
};
const SCOPES = new Set([
  "write_products",
  "write_discounts",
  "write_pixels",
  "read_customer_events",
  "write_app_proxy",
  "read_themes",
  "read_orders",
  "read_rollouts",
]);

export interface RecordedGraphql {
  readonly graphql: AdminGraphql;
  /** Names of the requested operations, in order. */
  readonly asked: string[];
  /** Name of an operation that the app has no scope for. */
  refuses: string | null;
  /** Called before each operation. Throwing simulates a broken connection. */
  before: (operation: string, index: number) => void | Promise<void>;
  /** Called after each operation. Throwing simulates a lost response. */
  after: (operation: string, index: number) => void | Promise<void>;
}

/** The Admin API of a stand-in shop without a network. */
export function openStandinGraphql(
  state: ShopState,
  bucket = new LeakyBucket(20_000, 20_000),
): RecordedGraphql {
  const context = {
    state,
    extensions: EXTENSIONS,
    bulk: new BulkOperations(state, () => "http://127.0.0.1"),
    isBulk: false,
  };
  const recorded: RecordedGraphql = { graphql, asked: [], refuses: null, before: () => {}, after: () => {} };
  async function graphql(query: string, options: { variables?: Record<string, unknown> } = {}) {
    const name = /(?:query|mutation)\s+(\w+)/.exec(query)?.[1] ?? "";
    const index = recorded.asked.push(name) - 1;
    await recorded.before(name, index);
    const scopes = name === recorded.refuses ? new Set<string>() : SCOPES;
    const request = { query, variables: options.variables ?? {} };
    const answer = await executeAdmin(request, { ...context, scopes }, bucket);
    await recorded.after(name, index);
    const { data, errors, extensions } = JSON.parse(JSON.stringify(answer)) as {
      data?: unknown;
      errors?: { message: string; extensions?: { code?: string } }[];
      extensions?: unknown;
    };
    if (errors && errors.length > 0) {
      // As the API library's GraphqlQueryError does.
      const message = errors.map((error) => error.message).join("; ");
      throw Object.assign(new Error(message), { body: { errors: { graphQLErrors: errors }, extensions } });
    }
    return { json: async () => ({ data, extensions }) };
  }
  return recorded;
}
