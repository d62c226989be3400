import type { LoaderFunctionArgs } from "@remix-run/node";
import { deps } from "#app/services/deps.server.ts";
import { toEventStream, StreamPlaces } from "#app/web/streams.server.ts";
import { openPageRequest } from "#app/web/page-request.server.ts";
import { watchProgress } from "#app/pages/watch-progress.server.ts";

const PLACES = new StreamPlaces({ perShop: 8, perProcess: 2_000 });
const RETRY_SECONDS = 30;

/**
 * How far the run and the back-fill are, as server-sent events. Pages read it with `fetch`, to which App Bridge adds
 * the session token that an `EventSource` could not carry. Ends with the browser or with the process.
 */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const { shop, words } = await openPageRequest(request);
  const leave = PLACES.take(shop);
  if (!leave) {
    return new Response(null, { status: 429, headers: { "Retry-After": String(RETRY_SECONDS) } });
  }
  const { stopping } = context;
  const signal =
    stopping instanceof AbortSignal ? AbortSignal.any([request.signal, stopping]) : request.signal;
  return toEventStream(watchProgress(deps(), { shop, words, signal }), {
    signal,
    onEnd: leave,
  });
}
