import type { LoaderFunctionArgs } from "@remix-run/node";
import { deps } from "#app/deps.server.ts";
import { openPageRequest } from "#app/page-request.server.ts";
import { exportResults } from "#app/services/export-results.server.ts";
import { ResultsQuery } from "#app/services/read-results-page.server.ts";

/** The results of each bundle as a CSV file. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { shop, words } = await openPageRequest(request);
  const { days } = ResultsQuery.parse(Object.fromEntries(new URL(request.url).searchParams));
  const csv = await exportResults(deps(), { shop, days, now: new Date() });
  if (csv === null) throw new Response(words.t("common:installing"), { status: 404 });
  return new Response(csv, {
    headers: { "Content-Type": "text/csv; charset=utf-8", "Cache-Control": "no-store" },
  });
}
