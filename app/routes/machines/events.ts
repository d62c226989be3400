import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { deps } from "#app/services/deps.server.ts";
import { CLIENT_ADDRESS_HEADER } from "#app/web/http.server.ts";
import { browseLimiter } from "#app/web/rate-limit.server.ts";
import { recordBrowseBatch } from "#app/services/collect/record-browse-batch.server.ts";

/** The pixel runs in a sandbox whose origin can be any domain. Nothing here uses a cookie. */
const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "POST, OPTIONS",
  "Access-Control-Allow-Headers": "Content-Type",
  "Access-Control-Max-Age": "86400",
};

const STATUS = { not_a_batch: 400, too_many: 429 } as const;

/** Browsers send a preflight for a JSON body; a text body of sendBeacon needs none. */
export function loader({ request }: LoaderFunctionArgs) {
  return new Response(null, { status: request.method === "OPTIONS" ? 204 : 405, headers: CORS });
}

/** Receives browse events of the web pixel. Unauthenticated and small; the storefront never waits for it. */
export async function action({ request }: ActionFunctionArgs) {
  try {
    const recorded = await recordBrowseBatch(deps(), browseLimiter(), {
      // The web process has limited the body.
      text: await request.text(),
      userAgent: request.headers.get("User-Agent") ?? "",
      // Only Vite's development server does not set it.
      address: request.headers.get(CLIENT_ADDRESS_HEADER) ?? "unknown",
      now: new Date(),
    });
    if (recorded.ok) return new Response(null, { status: 204, headers: CORS });
    deps().log.debug("collect.batch_refused", { reason: recorded.reason, detail: recorded.detail });
    return Response.json({ problem: recorded.detail }, { status: STATUS[recorded.reason], headers: CORS });
  } catch (error) {
    deps().log.error("collect.batch_lost", { error });
    return new Response(null, { status: 503, headers: CORS });
  }
}
