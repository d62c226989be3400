import { STYLE_FILE, readThemeStyle, type ThemeStyle } from "#app/domain/publish/theme-style.ts";
import type { Deps } from "#app/services/deps.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { findLiveTheme } from "#app/shopify/theme/read-live-theme.ts";

/** The style of the live theme, for a preview, which is better in neutral colours than not at all; null where it is not known. */
export async function readLiveStyle(
  { log }: Pick<Deps, "log">,
  { graphql }: { readonly graphql: AdminGraphql },
): Promise<ThemeStyle | null> {
  const theme = await findLiveTheme(graphql, [STYLE_FILE], { log });
  return theme && readThemeStyle(theme.files);
}
