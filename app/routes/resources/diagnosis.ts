import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { readDiagnosis } from "#app/pages/bundle/diagnosis/read-diagnosis.server.ts";
import { env } from "#app/process/env.server.ts";
import { parseOr400 } from "#app/web/http.server.ts";
import { openPageRequest } from "#app/web/page-request.server.ts";

const Params = z.object({ bundleId: z.uuid() });

/** Why an offer does not show on the storefront. Called by its page, and by Sidekick from another origin. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const { deps, shop, now, graphql, words, cors } = await openPageRequest(request);
  const { bundleId } = parseOr400(Params, params);
  const diagnosis = await readDiagnosis(deps, {
    shop,
    bundleId,
    graphql,
    apiKey: env().SHOPIFY_API_KEY,
    words,
    now,
  });
  if (!diagnosis) throw new Response(words.t("server:bundle.missing"), { status: 404 });
  return cors(json(diagnosis));
}
