import { LOOK_FILE, readThemeLook, type ThemeLook } from "#app/domain/publish/theme-look.ts";
import { AppError } from "#app/process/errors.ts";
import type { Deps } from "#app/services/deps.server.ts";
import type { AdminGraphql } from "#app/shopify/graphql-request.ts";
import { readLiveTheme } from "#app/shopify/theme/read-live-theme.ts";

/** How the live theme looks, for a preview; null where Shopify or the theme does not say. */
export async function readLiveLook(
  { log }: Pick<Deps, "log">,
  { graphql }: { readonly graphql: AdminGraphql },
): Promise<ThemeLook | null> {
  try {
    const theme = await readLiveTheme(graphql, [LOOK_FILE], { log });
    return theme && readThemeLook(theme.files);
  } catch (error) {
    // A preview in neutral colours is better than a page that fails over them.
    if (!(error instanceof AppError)) throw error;
    return null;
  }
}
