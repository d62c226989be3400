import { z } from "zod";
import { readThemeJson, type ThemeFile } from "./theme-placement.ts";

/** The style in a theme's settings; null leaves the choice to the renderer. Colours are hexadecimal. */
export interface ThemeStyle {
  readonly background: string | null;
  readonly text: string | null;
  readonly button: string | null;
  readonly buttonText: string | null;
  readonly buttonRadiusPx: number | null;
}

export const STYLE_FILE = "config/settings_data.json";

const Settings = z.record(z.string(), z.unknown());
const Data = z.object({
  /** The name of a preset if the merchant changed nothing. */
  current: z.union([Settings, z.string()]),
  presets: z.record(z.string(), Settings).default({}),
});
const Palette = z.object({ background: z.unknown(), foreground: z.unknown() });
const Schemes = z.record(z.string(), z.object({ settings: Settings }));

/**
 * The colours and corners in a theme's settings: the first colour scheme, as Dawn and most themes name its parts, or
 * the one palette of Horizon since its fourth version. Computed colours are skipped.
 *
 * @returns null if the file has none of them
 */
export function readThemeStyle(files: readonly ThemeFile[]): ThemeStyle | null {
  const file = files.find(({ filename }) => filename === STYLE_FILE);
  const data = Data.safeParse(readThemeJson(file?.content ?? ""));
  if (!data.success) return null;
  const { current, presets } = data.data;
  const settings = typeof current === "string" ? presets[current] : current;
  if (!settings) return null;
  const scheme = Object.values(Schemes.safeParse(settings["color_schemes"]).data ?? {})[0]?.settings ?? {};
  const palette = Palette.safeParse(settings["color_palette"]).data;
  const style = {
    background: firstColour(settings["page_background_color"], palette?.background, scheme["background"]),
    text: firstColour(settings["page_text_color"], palette?.foreground, scheme["text"]),
    button: firstColour(settings["palette_primary_button_background"], scheme["button"], palette?.foreground),
    buttonText: firstColour(
      settings["palette_primary_button_text"],
      scheme["button_label"],
      palette?.background,
    ),
    buttonRadiusPx: firstNumber(settings["buttons_radius"], settings["button_border_radius_primary"]),
  };
  return Object.values(style).some((one) => one !== null) ? style : null;
}

function firstColour(...values: readonly unknown[]): string | null {
  return values.find((one): one is string => typeof one === "string" && /^#[\da-f]{3,8}$/i.test(one)) ?? null;
}

function firstNumber(...values: readonly unknown[]): number | null {
  return values.find((one): one is number => typeof one === "number") ?? null;
}
