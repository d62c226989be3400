import type { LoaderFunctionArgs } from "@remix-run/node";
import { openPageRequest } from "#app/web/page-request.server.ts";

/** Answers an unknown URL of the app inside the app, so that the navigation stays. */
export async function loader({ request }: LoaderFunctionArgs) {
  await openPageRequest(request);
  throw new Response(null, { status: 404 });
}

/** Never rendered. A route without a component would answer outside the app. */
export default function NoPage() {
  return null;
}
