import { STYLE_FILE, readThemeStyle, type ThemeStyle } from "#app/domain/publish/theme-style.ts";
import { AppError } from "#app/process/errors.ts";
import type { Deps } from "#app/services/deps.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { readLiveTheme } from "#app/shopify/theme/read-live-theme.ts";

/** The style of the live theme, for a preview; null where Shopify or the theme does not say. */
export async function readLiveStyle(
  { log }: Pick<Deps, "log">,
  { graphql }: { readonly graphql: AdminGraphql },
): Promise<ThemeStyle | null> {
  try {
    const theme = await readLiveTheme(graphql, [STYLE_FILE], { log });
    return theme && readThemeStyle(theme.files);
  } catch (error) {
    // A preview in neutral colours is better than a page that fails over them.
    if (!(error instanceof AppError)) throw error;
    return null;
  }
}
