import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { readLiveStyle } from "#app/pages/bundle/diagnosis/read-theme-style.server.ts";
import { deps } from "#app/services/deps.server.ts";
import { authenticate } from "#app/web/shopify.server.ts";

/** The style of the shop's theme; asked for by previews of offers. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { admin } = await authenticate.admin(request);
  return json({ style: await readLiveStyle(deps(), { graphql: admin.graphql }) });
}
