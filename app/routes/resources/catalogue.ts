import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { parseOr400 } from "#app/web/http.server.ts";
import { openPageRequest } from "#app/web/page-request.server.ts";
import { searchCatalogue } from "#app/pages/search-catalogue.server.ts";

/** Longer searches are truncated; a title has up to 255 letters. */
const MOST_SEARCHED = 100;

const Search = z.object({
  kind: z.enum(["product", "collection", "tag"]),
  text: z
    .string()
    .transform((text) => text.slice(0, MOST_SEARCHED))
    .default(""),
});

/** Search results for a picker. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop } = await openPageRequest(request);
  const search = parseOr400(Search, Object.fromEntries(new URL(request.url).searchParams));
  return json({ entries: await searchCatalogue(deps, { shop, ...search }) });
}
