import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { readProgress } from "#app/pages/describe-run.server.ts";
import { openPageRequest } from "#app/web/page-request.server.ts";

/** Progress of the run and the backfill, polled by pages. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, now, words } = await openPageRequest(request);
  return json(await readProgress(deps, { shop, words, now }));
}
