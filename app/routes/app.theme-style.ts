import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { readLiveLook } from "#app/pages/bundle/diagnosis/read-theme-look.server.ts";
import { deps } from "#app/services/deps.server.ts";
import { authenticate } from "#app/web/shopify.server.ts";

/** How the shop's theme looks; asked for by previews of offers. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { admin } = await authenticate.admin(request);
  return json({ look: await readLiveLook(deps(), { graphql: admin.graphql }) });
}
