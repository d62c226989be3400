import type { LoaderFunctionArgs } from "@remix-run/node";
import { openPageAction } from "#app/web/page-request.server.ts";
import { exportShopData } from "#app/services/privacy/export-shop-data.server.ts";
import { StreamPlaces, toTextStream } from "#app/web/streams.server.ts";

/** Each export holds a database connection while it is read. */
const PLACES = new StreamPlaces(3);
const RETRY_SECONDS = 30;

/** All data of the shop as one streamed file. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  // A body that nobody reads would never free its place.
  if (request.method !== "GET") return new Response(null, { status: 405, headers: { Allow: "GET" } });
  const { deps, shop, now, refusal, record } = await openPageAction(request, "export");
  if (refusal !== null) return new Response(refusal, { status: 403 });
  const leave = PLACES.take(shop);
  if (!leave) return new Response(null, { status: 429, headers: { "Retry-After": String(RETRY_SECONDS) } });
  await record({ action: "shop-export" }).catch((error: unknown) => {
    leave();
    throw error;
  });
  const isPacked = /\bgzip\b/.test(request.headers.get("Accept-Encoding") ?? "");
  const drained =
    typeof context["drained"] === "function" ? (context["drained"] as () => Promise<void>) : undefined;
  const parts = exportShopData(deps, { shop, now });
  return new Response(toTextStream(parts, { signal: request.signal, drained, isPacked, onEnd: leave }), {
    headers: {
      "Content-Type": "application/x-ndjson; charset=utf-8",
      "Content-Disposition": 'attachment; filename="shop-data.ndjson"',
      "Cache-Control": "no-store, no-transform",
      ...(isPacked ? { "Content-Encoding": "gzip" } : {}),
    },
  });
}
