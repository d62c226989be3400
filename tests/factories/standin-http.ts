import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { API_KEY, API_SECRET, openAdmin } from "./admin-session.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import { startStandin, type Standin } from "#tests/standin/start-standin.ts";

export interface HttpShop {
  readonly standin: Standin;
  readonly graphql: AdminGraphql;
  /** Names of the requested operations, in order. */
  readonly asked: string[];
  /** Called before each operation is sent. Throwing simulates a process that dies before it. */
  before: (operation: string, index: number) => void;
  /** Called after each response. Throwing simulates a process that dies before it saves the response. */
  after: (operation: string, index: number) => void;
}

/** A stand-in shop over HTTP, whose calls a test can interrupt. */
export async function openHttpShop(state: ShopState): Promise<HttpShop> {
  const standin = await startStandin({
    state,
    appUrl: "http://127.0.0.1:1",
    apiKey: API_KEY,
    apiSecret: API_SECRET,
    webhooks: { retryDelaysMs: [] },
    apiPointsPerSecond: 2_000,
  });
  const ask = await openAdmin(standin);
  const shop: HttpShop = { standin, graphql, asked: [], before: () => {}, after: () => {} };
  async function graphql(operation: string, { variables }: { variables?: Record<string, unknown> } = {}) {
    const name = /(?:query|mutation)\s+(\w+)/.exec(operation)?.[1] ?? "";
    const index = shop.asked.push(name) - 1;
    shop.before(name, index);
    const answer = await ask(operation, variables);
    shop.after(name, index);
    if (answer.errors) {
      // As the API library's GraphqlQueryError does.
      const body = { errors: { graphQLErrors: answer.errors }, extensions: answer.extensions };
      throw Object.assign(new Error(answer.errors[0]!.message), { body });
    }
    return { json: async () => answer };
  }
  return shop;
}
