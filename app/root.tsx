import type { LinksFunction } from "@remix-run/node";
import {
  isRouteErrorResponse,
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useRouteError,
  useRouteLoaderData,
} from "@remix-run/react";
import polarisStyles from "@shopify/polaris/build/esm/styles.css?url";

export const links: LinksFunction = () => [{ rel: "stylesheet", href: polarisStyles }];

/** The document of every page. Only the embedded layout adds App Bridge's script. */
export default function Root() {
  return (
    <Document>
      <Outlet />
    </Document>
  );
}

function Document({ children }: { children: React.ReactNode }) {
  // The embedded layout knows the reader's language; public pages are in English.
  const layout = useRouteLoaderData("routes/admin/layout") as { readonly locale?: string } | undefined;
  const locale = layout?.locale ?? "en";
  return (
    <html lang={locale}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration />
        <Scripts />
      </body>
    </html>
  );
}

/** The last error boundary: failed pages outside the embedded layout, and unknown URLs. */
export function ErrorBoundary() {
  const error = useRouteError();
  const isMissing = isRouteErrorResponse(error) && error.status === 404;
  return (
    <Document>
      <main style={{ maxInlineSize: "36rem", margin: "4rem auto", padding: "0 1rem" }}>
        <h1>{isMissing ? "This page does not exist" : "Something went wrong on our side"}</h1>
        <p>
          {isMissing
            ? "The address may be old. Open Bundlesmith from your Shopify admin."
            : "Nothing was lost. Load the page again; if it fails again, the error has been logged and is being looked at."}
        </p>
      </main>
    </Document>
  );
}
