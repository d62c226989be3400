import { describe, expect, it } from "vitest";
import { readThemeStyle } from "#app/domain/publish/theme-style.ts";

const read = (data: object) =>
  readThemeStyle([
    { filename: "config/settings_data.json", content: `/* by the editor */${JSON.stringify(data)}` },
  ]);
const SCHEMES = {
  "scheme-1": {
    settings: { background: "#FFFFFF", text: "#121212", button: "#334455", button_label: "#fff" },
  },
  "scheme-2": { settings: { background: "#000000" } },
};

describe("the style of a theme", () => {
  it.each([
    ["no settings, as Skeleton's", { current: {} }],
    ["a preset that is not there", { current: "Gone", presets: {} }],
    [
      "colours that are no plain ones",
      { current: { page_text_color: "{{ settings.color_palette.foreground }}" } },
    ],
  ])("is unknown by %s", (_, data) => {
    expect(read(data)).toBeNull();
  });

  it("is unknown without the file", () => {
    expect(readThemeStyle([])).toBeNull();
  });

  it.each([
    ["its own", { current: { color_schemes: SCHEMES, buttons_radius: 6 } }],
    [
      "a preset's",
      { current: "Default", presets: { Default: { color_schemes: SCHEMES, buttons_radius: 6 } } },
    ],
  ])("is that of the first colour scheme, as Dawn's, in %s settings", (_, data) => {
    expect(read(data)).toEqual({
      background: "#FFFFFF",
      text: "#121212",
      button: "#334455",
      buttonText: "#fff",
      buttonRadiusPx: 6,
    });
  });

  it("is that of the palette, as Horizon's, where what is reckoned from it stands for it", () => {
    const current = {
      color_palette: { background: "#fafafa", foreground: "#101010" },
      palette_primary_button_background: "{{ settings.color_palette.foreground }}",
      button_border_radius_primary: 14,
    };
    expect(read({ current })).toEqual({
      background: "#fafafa",
      text: "#101010",
      button: "#101010",
      buttonText: "#fafafa",
      buttonRadiusPx: 14,
    });
  });
});
