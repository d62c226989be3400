import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, it } from "vitest";
import type { BlockSettings } from "#tests/standin/storefront/app-blocks.ts";

/** A theme, its use by a shopper, and the elements that one click must update. */
export interface Host {
  readonly folder: () => string;
  readonly blockSettings?: BlockSettings;
  /** The theme's own number of units in the cart; null if it shows none until the page is reloaded. */
  readonly count: string;
  /** The element that the theme opens or fills with the added items; null if it has none. */
  readonly drawer: string | null;
  readonly pickSecond: (page: Page) => Promise<unknown>;
  readonly addButton: string;
  /** Null if the theme has no cart drawer. */
  readonly cartDrawer: {
    readonly selector: string;
    /** Settings that switch the drawer on. */
    readonly settings?: Readonly<Record<string, string>>;
    /** Opens the drawer if it does not open automatically. */
    readonly opener?: string;
    /** Adds a variant if the theme's own button leaves the page. */
    readonly add?: (page: Page, variant: string) => Promise<unknown>;
  } | null;
}

interface StandardActions {
  readonly updateCart: (change: object) => Promise<unknown>;
  readonly openCart: () => Promise<unknown>;
}

/** How a shopper uses the theme that `writeOtherTheme` writes. */
export const OWN_HOST: Omit<Host, "folder"> = {
  count: "#bubble",
  drawer: "#drawer",
  pickSecond: (page) => page.locator("[data-picker]").selectOption({ index: 1 }),
  addButton: "main [name=add]",
  cartDrawer: {
    selector: "#drawer",
    add: (page, variant) =>
      page.evaluate(async (merchandiseId) => {
        const { actions } = (window as unknown as { Shopify: { actions: StandardActions } }).Shopify;
        await actions.updateCart({ lines: [{ merchandiseId, quantity: 1 }] });
        await actions.openCart();
      }, variant),
  },
};

/** The most common themes. They are not ours, so the repository does not hold them. */
const REAL: Readonly<Record<string, { repository: string; host: Omit<Host, "folder"> }>> = {
  dawn: {
    repository: "Shopify/dawn",
    host: {
      count: "#cart-icon-bubble .cart-count-bubble span[aria-hidden]",
      drawer: "#cart-notification-product",
      pickSecond: (page) => page.locator("variant-selects label").nth(1).click(),
      addButton: "product-form [name=add]",
      cartDrawer: { selector: "cart-drawer", settings: { cart_type: "drawer" } },
    },
  },
  horizon: {
    repository: "Shopify/horizon",
    host: {
      count: "[data-testid=cart-bubble]",
      drawer: "#cart-drawer",
      pickSecond: (page) => page.locator("variant-picker label").nth(1).click(),
      addButton: "product-form-component add-to-cart-component button",
      cartDrawer: { selector: "cart-drawer-component", opener: "[data-testid=cart-drawer-trigger]:visible" },
    },
  },
  skeleton: {
    repository: "Shopify/skeleton-theme",
    host: {
      blockSettings: { "bundle-anywhere": {} },
      count: "header sup",
      drawer: null,
      pickSecond: (page) => page.locator(".product-form [name=id]").selectOption({ index: 1 }),
      addButton: ".product-form [type=submit]",
      cartDrawer: null,
    },
  },
};

/**
 * Runs `say` for each of our own themes and for each real theme that is checked out. A real theme that is missing is
 * skipped by name with a hint how to get it.
 */
export function describeThemes(
  ours: Readonly<Record<string, Host>>,
  say: (host: Host, name: string) => void,
): void {
  for (const [name, host] of Object.entries(ours)) describe(`in a theme ${name}`, () => say(host, name));
  const path = process.env["THEMES_PATH"];
  for (const [name, { repository, host }] of Object.entries(REAL)) {
    const folder = join(path ?? "", name);
    if (path !== undefined && existsSync(folder))
      describe(`in ${name}`, () => say({ ...host, folder: () => folder }, name));
    else
      describe.skip(`in ${name}: set THEMES_PATH to a folder with a checkout of github.com/${repository} as "${name}"`, () =>
        it("is a host", () => {}));
  }
}
