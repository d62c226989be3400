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

describe("readThemeStyle", () => {
  it.each([
    ["no settings, as Skeleton's", { current: {} }],
    ["a preset that is not there", { current: "Gone", presets: {} }],
    [
      "colours that are no plain ones",
      { current: { page_text_color: "{{ settings.color_palette.foreground }}" } },
    ],
  ])("is null for %s", (_, data) => {
    expect(read(data)).toBeNull();
  });

  it("is null without the file", () => {
    expect(readThemeStyle([])).toBeNull();
  });

  it.each([
    ["its own", { current: { color_schemes: SCHEMES, buttons_radius: 6 } }],
    [
      "a preset's",
      { current: "Default", presets: { Default: { color_schemes: SCHEMES, buttons_radius: 6 } } },
    ],
  ])("reads the first colour scheme, as in Dawn, from %s settings", (_, data) => {
    expect(read(data)).toEqual({
      background: "#FFFFFF",
      text: "#121212",
      button: "#334455",
      buttonText: "#fff",
      buttonRadiusPx: 6,
    });
  });

  it("reads the palette, as in Horizon, and resolves references to it", () => {
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
