import type { ShopTheme } from "#tests/standin/shop/online-store.ts";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import { notHeld, toIso, type Resolvers } from "./admin-context.ts";
import { toConnection, type PageArgs } from "./connection.ts";

interface ThemeFile {
  readonly filename: string;
  readonly content: string;
}

/** Shopify's wildcards: `*` is any text. */
function toPattern(filename: string): RegExp {
  return new RegExp(`^${filename.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
}

export const themeResolvers: Resolvers = {
  QueryRoot: {
    themes: (_: unknown, args: PageArgs & { roles?: readonly string[] | null }, { state, isBulk }) => {
      const { themes, liveGid } = state.onlineStore;
      const roleOf = ({ gid }: ShopTheme) => (gid === liveGid ? "MAIN" : "UNPUBLISHED");
      const found = [...themes.values()].filter((theme) => args.roles?.includes(roleOf(theme)) ?? true);
      return toConnection(found, args, { keyOf: ({ gid }) => legacyId(gid), idOf: ({ gid }) => gid, isBulk });
    },
  },
  OnlineStoreTheme: {
    id: ({ gid }: ShopTheme) => gid,
    role: ({ gid }: ShopTheme, _: unknown, { state }) =>
      gid === state.onlineStore.liveGid ? "MAIN" : "UNPUBLISHED",
    createdAt: ({ createdAtMs }: ShopTheme) => toIso(createdAtMs),
    updatedAt: ({ updatedAtMs }: ShopTheme) => toIso(updatedAtMs),
    files: ({ files }: ShopTheme, args: PageArgs & { filenames?: readonly string[] | null }) => {
      const patterns = args.filenames?.map(toPattern);
      const nodes: ThemeFile[] = [...files]
        .filter(([filename]) => patterns?.some((pattern) => pattern.test(filename)) ?? true)
        .map(([filename, content]) => ({ filename, content }))
        .slice(0, args.first ?? 50);
      return { nodes, userErrors: [] };
    },
    translations: () => {
      throw notHeld("translations of themes");
    },
  },
  OnlineStoreThemeFile: {
    body: ({ content }: ThemeFile) => ({ __typename: "OnlineStoreThemeFileBodyText", content }),
    size: ({ content }: ThemeFile) => Buffer.byteLength(content),
    contentType: () => "application/json",
  },
};
