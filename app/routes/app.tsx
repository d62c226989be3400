import { json, type HeadersFunction, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/node";
import { Link, Outlet, useLoaderData, useRouteError } from "@remix-run/react";
import { NavMenu } from "@shopify/app-bridge-react";
import { AppProvider } from "@shopify/shopify-app-remix/react";
import { boundary } from "@shopify/shopify-app-remix/server";
import { env } from "#app/env.server.ts";
import { authenticate } from "#app/shopify.server.ts";

export const meta: MetaFunction = () => [{ title: "Bundlesmith" }];

export async function loader({ request }: LoaderFunctionArgs) {
  await authenticate.admin(request);
  const { SHOPIFY_API_KEY, APP_BRIDGE_URL } = env();
  return json({ apiKey: SHOPIFY_API_KEY, appBridgeUrl: APP_BRIDGE_URL ?? null });
}

/** The embedded app: App Bridge, Polaris and the navigation that Shopify's admin shows beside it. */
export default function EmbeddedApp() {
  const { apiKey, appBridgeUrl } = useLoaderData<typeof loader>();
  return (
    <AppProvider isEmbeddedApp apiKey={apiKey} {...(appBridgeUrl ? { __APP_BRIDGE_URL: appBridgeUrl } : {})}>
      <NavMenu>
        <Link to="/app" rel="home">
          Home
        </Link>
        <Link to="/app/suggestions">Bundles</Link>
        <Link to="/app/results">Results</Link>
        <Link to="/app/runs">Learning</Link>
        <Link to="/app/settings">Settings</Link>
      </NavMenu>
      <main>
        <Outlet />
      </main>
    </AppProvider>
  );
}

/** Lets Shopify's library answer its own thrown responses: a fresh session token, or a way out of the frame. */
export function ErrorBoundary() {
  return boundary.error(useRouteError());
}

export const headers: HeadersFunction = (headersArgs) => boundary.headers(headersArgs);
