import { z } from "zod";
import { AppError } from "#app/process/errors.ts";
import type { ThemeFile } from "#app/domain/publish/theme-placement.ts";
import { requestGraphql, type AdminCalls } from "#app/shopify/graphql-request.ts";

export const READ_LIVE_THEME_OPERATION = `#graphql
  query ReadLiveTheme($filenames: [String!]!) {
    currentAppInstallation { app { handle } }
    themes(first: 1, roles: [MAIN]) {
      nodes {
        name
        files(first: 50, filenames: $filenames) {
          nodes { filename body { ... on OnlineStoreThemeFileBodyText { content } } }
        }
      }
    }
  }`;

const Answer = z.object({
  currentAppInstallation: z.object({ app: z.object({ handle: z.string().nullable() }) }),
  themes: z.object({
    nodes: z.array(
      z.object({
        name: z.string(),
        files: z.object({
          nodes: z.array(
            z.object({ filename: z.string(), body: z.object({ content: z.string().optional() }) }),
          ),
        }),
      }),
    ),
  }),
});

interface LiveTheme {
  readonly name: string;
  /** Of the app, as the types of its blocks have it. */
  readonly appHandle: string;
  readonly files: readonly ThemeFile[];
}

/**
 * Files of the live theme, at most 50. Needs `read_themes`.
 *
 * @param filenames can use Shopify's wildcard `*`
 * @returns null if no theme is live
 */
export async function readLiveTheme(
  admin: AdminCalls,
  filenames: readonly string[],
): Promise<LiveTheme | null> {
  const { currentAppInstallation, themes } = await requestGraphql(
    admin,
    READ_LIVE_THEME_OPERATION,
    { filenames },
    Answer,
  );
  const [theme] = themes.nodes;
  if (!theme) return null;
  return {
    name: theme.name,
    appHandle: currentAppInstallation.app.handle ?? "",
    files: theme.files.nodes.map(({ filename, body }) => ({ filename, content: body.content ?? "" })),
  };
}

/** The same, and null if Shopify does not answer, for pages that can do without. */
export async function findLiveTheme(...request: Parameters<typeof readLiveTheme>): Promise<LiveTheme | null> {
  try {
    return await readLiveTheme(...request);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return null;
  }
}
