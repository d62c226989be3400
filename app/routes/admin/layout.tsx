import { json, type HeadersFunction, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/node";
import { isRouteErrorResponse, Link, Outlet, useLoaderData, useRouteError } from "@remix-run/react";
import { NavMenu } from "@shopify/app-bridge-react";
import { AppProvider, type AppProviderProps } from "@shopify/shopify-app-remix/react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { boundary } from "@shopify/shopify-app-remix/server";
import { env } from "#app/process/env.server.ts";
import { useReloadableFrame } from "#app/ui/hooks/use-reloadable-frame.ts";
import { openPageRequest } from "#app/web/page-request.server.ts";

export const meta: MetaFunction = () => [{ title: "Bundlesmith" }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop, words } = await openPageRequest(request);
  const { SHOPIFY_API_KEY, APP_BRIDGE_URL } = env();
  return json({
    shop,
    apiKey: SHOPIFY_API_KEY,
    appBridgeUrl: APP_BRIDGE_URL ?? null,
    locale: words.locale,
  });
}

/** This data does not change while the app is open, and a failed reload must not take the navigation away. */
export const shouldRevalidate = () => false;

/** The embedded app: App Bridge, Polaris and the navigation menu of Shopify's admin. */
export default function EmbeddedApp() {
  useReloadableFrame();
  const { apiKey, appBridgeUrl, locale } = useLoaderData<typeof loader>();
  // Polaris' provider defaults to English.
  const { t, i18n } = useTranslation(locale === "en" ? ["common"] : ["common", "polaris"]);
  const polaris = i18n.textsOf("polaris") as AppProviderProps["i18n"];
  return (
    <AppProvider
      isEmbeddedApp
      apiKey={apiKey}
      {...(appBridgeUrl ? { __APP_BRIDGE_URL: appBridgeUrl } : {})}
      {...(locale === "en" || !polaris ? {} : { i18n: polaris })}
    >
      <NavMenu>
        <Link to="/app" rel="home">
          {t("nav.home")}
        </Link>
        <Link to="/app/suggestions">{t("nav.bundles")}</Link>
        <Link to="/app/results">{t("nav.results")}</Link>
        <Link to="/app/automation">{t("nav.automation")}</Link>
        <Link to="/app/settings">{t("nav.settings")}</Link>
        <Link to="/app/help">{t("nav.help")}</Link>
        <Link to="/app/runs">{t("nav.experts")}</Link>
      </NavMenu>
      <main>
        {/*
         * While the texts of a page load, the previous page stays: the router navigates in a transition. A Suspense
         * boundary here would hydrate separately, and any update before that would render it again.
         */}
        <Outlet />
      </main>
    </AppProvider>
  );
}

/** Lets Shopify's library handle its own thrown responses: a new session token, or a redirect out of the frame. */
export function ErrorBoundary() {
  const error = useRouteError();
  // Its answer when Shopify gives it no token has no text.
  if (isRouteErrorResponse(error) && error.status === 500) throw error;
  return boundary.error(error);
}

export const headers: HeadersFunction = (headersArgs) => boundary.headers(headersArgs);
