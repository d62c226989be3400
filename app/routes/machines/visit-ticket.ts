import type { LoaderFunctionArgs } from "@remix-run/node";
import { deps } from "#app/services/deps.server.ts";
import { apiSecrets } from "#app/process/env.server.ts";
import { issueVisitTicket } from "#app/services/collect/issue-visit-ticket.server.ts";
import { verifyProxied } from "#app/shopify/verify-signature.server.ts";
import { CLIENT_ADDRESS_HEADER } from "#app/web/http.server.ts";
import { browseLimiter, shopperAddress } from "#app/web/rate-limit.server.ts";

const VISITOR = /^[0-9a-f]{32}$/;
const HEADERS = {
  "Access-Control-Allow-Origin": "*",
  "Cache-Control": "no-store",
  "Content-Type": "text/plain; charset=utf-8",
};

/** `/apps/bundlesmith/ticket?visitor=KEY` on a storefront. Shopify signs and forwards it. */
export async function loader({ request }: LoaderFunctionArgs) {
  const query = new URL(request.url).searchParams;
  const now = new Date();
  const shop = verifyProxied(query, { apiSecrets: apiSecrets(), now });
  if (shop === null) return new Response(null, { status: 401, headers: HEADERS });
  const visitorKey = query.get("visitor") ?? "";
  if (!VISITOR.test(visitorKey)) return new Response(null, { status: 400, headers: HEADERS });
  const address = shopperAddress(
    request.headers.get("X-Forwarded-For"),
    request.headers.get(CLIENT_ADDRESS_HEADER) ?? "",
  );
  const ticket = await issueVisitTicket(deps(), browseLimiter(), { shop, visitorKey, address, now });
  if (ticket.ok) return new Response(ticket.value, { headers: HEADERS });
  return new Response(null, { status: ticket.reason === "too_many" ? 429 : 404, headers: HEADERS });
}
