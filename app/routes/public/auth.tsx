import type { LoaderFunctionArgs } from "@remix-run/node";
import { authenticate } from "#app/web/shopify.server.ts";

/** Shopify's own steps of signing in: session-token bounce, leaving the frame, and the callback. */
export async function loader({ request }: LoaderFunctionArgs) {
  await authenticate.admin(request);
  return null;
}
