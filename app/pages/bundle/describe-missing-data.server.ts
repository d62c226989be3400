import { readDataHeld } from "#app/data/bundles/read-bundle-context.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { Words } from "#app/locales/words.server.ts";
import { sumStock } from "./describe-stock-cover.server.ts";
import type { ComponentChoice } from "./read-component-choices.server.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";

/** Below a year a season has been seen once at most, and not told from a trend. */
const FULL_HISTORY_DAYS = 365;

interface KnownOfBundle {
  readonly shop: string;
  readonly components: readonly (ComponentChoice & { readonly title: string })[];
  readonly isReplayed: boolean;
  readonly now: Date;
  readonly format: ShopFormat;
  readonly words: Words;
}

/** What the models lacked when they judged a bundle, a sentence each: the merchant may be able to give it. */
export async function describeMissingData(
  deps: Deps,
  { shop, components, isReplayed, now, format, words: { t, locale } }: KnownOfBundle,
): Promise<string[]> {
  const { hasViews, hasCustomers, firstOrderAt } = await readDataHeld(deps.pool, { shop });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const without = (isMissing: (component: ComponentChoice) => boolean) =>
    list.format(
      components.flatMap((component) => (component.variant && isMissing(component) ? [component.title] : [])),
    );
  const costs = without(({ variants }) => variants.some(({ costMinor }) => costMinor === null));
  const stocks = without(({ variants }) => sumStock(variants) === null);
  const forecasts = without((component) => component.forecasts.length === 0);
  const historyDays = firstOrderAt ? Math.floor((now.getTime() - firstOrderAt.getTime()) / DAY_MS) : 0;
  return [
    ...(isReplayed ? [] : [t("server:missing.replay")]),
    ...(costs ? [t("server:missing.costs", { products: costs })] : []),
    ...(stocks ? [t("server:missing.stocks", { products: stocks })] : []),
    ...(forecasts ? [t("server:missing.forecasts", { products: forecasts })] : []),
    ...(historyDays < FULL_HISTORY_DAYS
      ? [t("server:missing.history", { time: format.days(historyDays) })]
      : []),
    ...(hasCustomers ? [] : [t("server:missing.customers")]),
    ...(hasViews ? [] : [t("server:missing.views")]),
  ];
}
