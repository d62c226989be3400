import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { tellWaiting } from "#app/services/validate/tell-decided.server.ts";
import { parseOr400 } from "#app/web/http.server.ts";
import { openPageRequest } from "#app/web/page-request.server.ts";

const Ids = z.array(z.uuid()).min(1).max(100);

/** The effect of approving or resuming some bundles, for the confirmation. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, graphql, now, words } = await openPageRequest(request);
  const { searchParams } = new URL(request.url);
  const bundleIds = parseOr400(Ids, searchParams.getAll("id"));
  const isReturn = searchParams.get("decision") === "resume";
  return json({ text: await tellWaiting(deps, { shop, bundleIds, graphql, now, words, isReturn }) });
}
