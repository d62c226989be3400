import type { Standin } from "#tests/standin/start-standin.ts";

export const API_KEY = "test-api-key";
export const API_SECRET = "test-api-secret";

/** Exchanges a session token as the app's library does; `changes` replaces or adds fields of the request. */
export async function postTokenRequest(
  standin: Standin,
  changes: Record<string, unknown> = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${standin.url}/admin/oauth/access_token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_id: API_KEY,
      client_secret: API_SECRET,
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: standin.sessionToken(),
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      requested_token_type: "urn:shopify:params:oauth:token-type:offline-access-token",
      expiring: "1",
      ...changes,
    }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

interface AdminAnswer {
  data?: Record<string, never> | null;
  errors?: { message: string; path?: string[]; extensions?: { code?: string } }[];
  extensions: {
    cost: {
      requestedQueryCost: number;
      actualQueryCost: number | null;
      throttleStatus: { maximumAvailable: number; currentlyAvailable: number; restoreRate: number };
    };
  };
}

/** Opens a session and returns a function that runs Admin API operations with it. */
export async function openAdmin(standin: Standin) {
  const { body } = await postTokenRequest(standin);
  return async (query: string, variables: Record<string, unknown> = {}): Promise<AdminAnswer> => {
    const response = await fetch(`${standin.url}/admin/api/2026-10/graphql.json`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-shopify-access-token": String(body["access_token"]) },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as AdminAnswer;
  };
}
