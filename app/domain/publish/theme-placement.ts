import { z } from "zod";

export interface ThemeFile {
  readonly filename: string;
  readonly content: string;
}

/** Which pages of a theme have a place for offers. */
export interface ThemePlacement {
  readonly product: boolean;
  readonly cart: boolean;
}

/** The files that hold the positions of our blocks, in Shopify's own wildcards. */
export const PLACEMENT_FILES = [
  "config/settings_data.json",
  "templates/product*.json",
  "templates/cart*.json",
  "sections/*.json",
] as const;

/** The embed draws offers on both pages. */
const EMBED = "bundle-anywhere";

/**
 * Where a theme shows our offers. Templates and section groups name the app's blocks, the settings its embeds. Blocks
 * that the merchant switched off, or in a section that is off, do not count. Files that are not JSON are skipped.
 *
 * @param appHandle as in the blocks' type, `shopify://apps/HANDLE/blocks/BLOCK/ID`
 */
export function readThemePlacement(files: readonly ThemeFile[], appHandle: string): ThemePlacement {
  const placed = (block: string, prefix: string) =>
    files.some(
      ({ filename, content }) =>
        filename.startsWith(prefix) &&
        holdsBlock(readCurrent(content), `shopify://apps/${appHandle}/blocks/${block}/`),
    );
  const isEmbedOn = placed(EMBED, "config/");
  return {
    product: isEmbedOn || placed("bundle-offer", "templates/product") || placed("bundle-offer", "sections/"),
    cart: isEmbedOn || placed("bundle-cart", "templates/cart") || placed("bundle-cart", "sections/"),
  };
}

/** Only the current settings, without the presets, which a merchant can have never chosen. */
const Current = z.object({ current: z.record(z.string(), z.unknown()) });

function readCurrent(content: string): unknown {
  const json = readThemeJson(content);
  return Current.safeParse(json).data?.current ?? json;
}

/** A theme's file as JSON; null if it is not JSON. */
export function readThemeJson(content: string): unknown {
  try {
    // Shopify puts a comment on top of the files that its editor wrote.
    return JSON.parse(content.replace(/^\s*\/\*[\s\S]*?\*\//, ""));
  } catch {
    return null;
  }
}

function holdsBlock(value: unknown, type: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  if ("disabled" in value && value.disabled === true) return false;
  if ("type" in value && typeof value.type === "string" && value.type.startsWith(type)) return true;
  return Object.values(value).some((inner) => holdsBlock(inner, type));
}
