import { json, type LoaderFunctionArgs } from "@remix-run/node";
import { readThemeStyle, STYLE_FILE } from "#app/domain/publish/theme-style.ts";
import { findLiveTheme } from "#app/shopify/theme/read-live-theme.ts";
import { openPageRequest } from "#app/web/page-request.server.ts";

/** The style of the shop's theme for previews; null if unknown, so that previews use neutral colours. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, graphql } = await openPageRequest(request);
  const theme = await findLiveTheme({ graphql, log: deps.log }, [STYLE_FILE]);
  return json({ style: theme && readThemeStyle(theme.files) });
}
