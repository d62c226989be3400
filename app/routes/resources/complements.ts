import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { MAX_PARTS } from "#app/domain/offer/offer-kinds.ts";
import { readComplementDrafts } from "#app/pages/bundle/read-terms-draft.server.ts";
import { parseOr400 } from "#app/web/http.server.ts";
import { openPageRequest } from "#app/web/page-request.server.ts";

const Query = z.array(z.string().startsWith("gid://shopify/Product/").max(64)).min(1).max(MAX_PARTS);

/** Products that go with the chosen products of an offer. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop } = await openPageRequest(request);
  const productGids = parseOr400(Query, new URL(request.url).searchParams.getAll("product"));
  return json({ components: await readComplementDrafts(deps, { shop, productGids }) });
}
