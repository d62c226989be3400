import { legacyId, type ShopClock } from "./shop-clock.ts";

export interface ShopTheme {
  readonly gid: string;
  readonly name: string;
  /** Contents by path of the files that a merchant's editor writes. */
  readonly files: Map<string, string>;
  createdAtMs: number;
  updatedAtMs: number;
}

/** Prefix of the type of this app's blocks in a theme's files. */
const OWN = "shopify://apps/bundlesmith/blocks";
/** First lines of each file that Shopify's editor writes. */
const EDITOR_NOTE = "/*\n * The contents of this file are auto-generated.\n */\n";

/** The shop's themes. The live one has the app's blocks where the stand-in's own pages draw them. */
export class OnlineStore {
  readonly themes = new Map<string, ShopTheme>();
  liveGid: string;
  readonly #clock: ShopClock;

  constructor(clock: ShopClock) {
    this.#clock = clock;
    this.liveGid = this.addTheme("Stand-in", {
      product: ["bundle-offer"],
      cart: ["bundle-cart"],
      embeds: ["bundle-embed"],
    }).gid;
  }

  /** Adds a theme with app blocks in the main section of its templates and with embeds switched on. */
  addTheme(
    name: string,
    blocks: { product?: readonly string[]; cart?: readonly string[]; embeds?: readonly string[] } = {},
    settings: Readonly<Record<string, unknown>> = {},
  ): ShopTheme {
    const nowMs = this.#clock.now();
    const { product = [], cart = [], embeds = [] } = blocks;
    const theme: ShopTheme = {
      gid: this.#clock.nextGid("OnlineStoreTheme"),
      name,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      files: new Map([
        ["templates/product.json", writeTemplate("main-product", product)],
        ["templates/cart.json", writeTemplate("main-cart", cart)],
        [
          "config/settings_data.json",
          EDITOR_NOTE +
            JSON.stringify({
              current: { ...settings, blocks: writeBlocks(embeds) },
              presets: { Default: {} },
            }),
        ],
      ]),
    };
    this.themes.set(theme.gid, theme);
    return theme;
  }

  /** Makes a theme the live one, as a merchant does, and notifies the app. */
  publishTheme(gid: string): void {
    const theme = this.themes.get(gid);
    if (!theme) throw new Error(`no theme ${gid}`);
    this.liveGid = gid;
    theme.updatedAtMs = this.#clock.now();
    const payload = { id: legacyId(gid), name: theme.name, role: "main", admin_graphql_api_id: gid };
    this.#clock.emit({ topic: "themes/publish", payload });
  }
}

function writeBlocks(handles: readonly string[]) {
  return Object.fromEntries(
    handles.map((handle, index) => [
      `${index + 1}`,
      { type: `${OWN}/${handle}/019a0000-0000-7000-8000-000000000001`, disabled: false, settings: {} },
    ]),
  );
}

function writeTemplate(section: string, handles: readonly string[]): string {
  const main = {
    type: section,
    blocks: writeBlocks(handles),
    block_order: handles.map((_, index) => `${index + 1}`),
  };
  return EDITOR_NOTE + JSON.stringify({ sections: { main }, order: ["main"] });
}
