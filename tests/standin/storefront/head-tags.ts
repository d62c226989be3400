import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import { toScriptSafeJson } from "./liquid/filters.ts";
import type { Theme } from "./liquid/theme-engine.ts";

/**
 * What Shopify itself adds to every page's head: the `Shopify` object, the standard actions, and the contents of the
 * theme's `{% stylesheet %}` and `{% javascript %}` tags. A theme that a Rollout tries is named as unpublished,
 * although the pages are drawn by the only existing theme.
 */
export function headTags(
  state: ShopState,
  theme: Theme,
  { locale, country, buyer }: { locale: string; country: string; buyer: string },
): string {
  const tried = state.rollouts.changesFor(buyer).find(({ kind }) => kind === "RolloutThemePublishChange");
  const id = legacyId(tried?.targetGid ?? state.onlineStore.liveGid);
  const shopify = {
    shop: state.domain,
    locale,
    country,
    cdnHost: "/cdn",
    currency: { active: state.currency, rate: "1.0" },
    theme: { name: "Theme", id, theme_store_id: null, role: tried ? "unpublished" : "main" },
    routes: { root: "/" },
  };
  const tags = [
    `<script>window.Shopify = Object.assign(window.Shopify || {}, ${toScriptSafeJson(shopify)}, { ...window.Shopify });</script>`,
    `<script type="module" src="/cdn/shopify/storefront/standard-actions.js"></script>`,
  ];
  if (theme.compiled("stylesheet"))
    tags.push(`<link rel="stylesheet" href="/cdn/shop/t/1/compiled_assets/styles.css" media="all">`);
  if (theme.compiled("javascript"))
    tags.push(`<script defer src="/cdn/shop/t/1/compiled_assets/scripts.js"></script>`);
  return tags.join("\n");
}
