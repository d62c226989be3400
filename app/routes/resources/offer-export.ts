import type { LoaderFunctionArgs } from "@remix-run/node";
import { exportOffers } from "#app/services/validate/export-offers.server.ts";
import { openPageAction } from "#app/web/page-request.server.ts";

/** All offers as a CSV file. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, refusal, record } = await openPageAction(request, "export");
  if (refusal !== null) throw new Response(refusal, { status: 403 });
  const csv = await exportOffers(deps, { shop });
  await record({ action: "offers-export" });
  return new Response(csv, {
    headers: { "Content-Type": "text/csv; charset=utf-8", "Cache-Control": "no-store" },
  });
}
