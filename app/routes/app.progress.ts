import type { LoaderFunctionArgs } from "@remix-run/node";
import { deps } from "#app/deps.server.ts";
import { toEventStream } from "#app/event-stream.server.ts";
import { openPageRequest } from "#app/page-request.server.ts";
import { watchProgress } from "#app/services/watch-progress.server.ts";

/**
 * How far the run and the back-fill are, as server-sent events. Pages read it with `fetch`, to which App Bridge adds
 * the session token that an `EventSource` could not carry.
 */
export async function loader({ request }: LoaderFunctionArgs) {
  const { shop, words } = await openPageRequest(request);
  const { signal } = request;
  return toEventStream(watchProgress(deps(), { shop, words, signal }), { signal });
}
