import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { deps } from "#app/services/deps.server.ts";
import { openPageRequest } from "#app/web/page-request.server.ts";
import { searchProducts } from "#app/pages/search-catalogue.server.ts";

const LONGEST_SEARCH = 100;

/** Finds products of the shop for a field in which one is chosen. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { shop, words } = await openPageRequest(request);
  const search = (new URL(request.url).searchParams.get("search") ?? "").trim().slice(0, LONGEST_SEARCH);
  return json({ search, products: await searchProducts(deps(), { shop, search, words }) });
}
