import type { LoaderFunctionArgs } from "@remix-run/node";
import { authenticate } from "#app/web/shopify.server.ts";

/** Shopify's authentication steps: session-token bounce, exit from the frame, and callback. */
export async function loader({ request }: LoaderFunctionArgs) {
  await authenticate.admin(request);
  return null;
}
