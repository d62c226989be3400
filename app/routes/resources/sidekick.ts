import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { findOffers } from "#app/pages/suggestions/find-offers.server.ts";
import { env } from "#app/process/env.server.ts";
import { openPageRequest } from "#app/web/page-request.server.ts";

/** Search results for the extension `sidekick-offers`. Called from Shopify's sandbox, which is another origin. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, now, words, cors } = await openPageRequest(request);
  const search = new URL(request.url).searchParams.get("search") ?? "";
  const { SHOPIFY_API_KEY: apiKey } = env();
  return cors(json(await findOffers(deps, { shop, search, apiKey, words, now })));
}
