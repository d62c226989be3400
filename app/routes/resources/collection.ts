import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { readCollectionDraft } from "#app/pages/bundle/read-terms-draft.server.ts";
import { parseOr400 } from "#app/web/http.server.ts";
import { openPageRequest } from "#app/web/page-request.server.ts";

const Query = z.object({ id: z.string().startsWith("gid://shopify/Collection/").max(64) });

/** The products of a collection, for an offer. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop } = await openPageRequest(request);
  const { id } = parseOr400(Query, Object.fromEntries(new URL(request.url).searchParams));
  return json({ components: await readCollectionDraft(deps, { shop, collectionGid: id }) });
}
