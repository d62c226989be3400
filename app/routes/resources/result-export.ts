import type { LoaderFunctionArgs } from "@remix-run/node";
import { openPageAction } from "#app/web/page-request.server.ts";
import { exportResults } from "#app/pages/results/export-results.server.ts";
import { ResultsQuery } from "#app/pages/results/read-results-page.server.ts";

/** The results of each bundle as a CSV file. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, now, refusal, record } = await openPageAction(request, "export");
  if (refusal !== null) throw new Response(refusal, { status: 403 });
  const { days } = ResultsQuery.parse(Object.fromEntries(new URL(request.url).searchParams));
  const csv = await exportResults(deps, { shop, days, now });
  await record({ action: "results-export", detail: { days } });
  return new Response(csv, {
    headers: { "Content-Type": "text/csv; charset=utf-8", "Cache-Control": "no-store" },
  });
}
