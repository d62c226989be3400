import type { LoaderFunctionArgs } from "@remix-run/node";
import { openPageAction } from "#app/web/page-request.server.ts";
import { readDataRequestFile } from "#app/services/privacy/answer-privacy-request.server.ts";

/** The stored data of one customer's data request, as a JSON file. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const { deps, shop, refusal, record } = await openPageAction(request, "export");
  if (refusal !== null) return new Response(refusal, { status: 403 });
  const file = await readDataRequestFile(deps, { shop, requestId: params["requestId"] ?? "" });
  if (file === null) throw new Response(null, { status: 404 });
  const detail = { requestId: params["requestId"] ?? "" };
  await record({ action: "customer-data", detail });
  return new Response(file, {
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Disposition": 'attachment; filename="customer-data.json"',
      "Cache-Control": "no-store",
    },
  });
}
