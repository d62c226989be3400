import type { LoaderFunctionArgs } from "@remix-run/node";
import { openPageRequest } from "#app/web/page-request.server.ts";

/** An address of the app that no page has: said inside the app, where the navigation leads on. */
export async function loader({ request }: LoaderFunctionArgs) {
  await openPageRequest(request);
  throw new Response(null, { status: 404 });
}

/** Never shown; a route without a component answers outside the app. */
export default function NoPage() {
  return null;
}
