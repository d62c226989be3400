import { readDataHeld } from "#app/data/read-bundle-context.server.ts";
import type { CatalogueVariant } from "#app/data/read-bundles.server.ts";
import type { Deps } from "#app/deps.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { ShopFormat } from "./shop-format.server.ts";

/** Below a year a season has been seen once at most, and not told from a trend. */
const FULL_HISTORY_DAYS = 365;

interface KnownOfBundle {
  readonly shop: string;
  readonly components: readonly { readonly title: string; readonly variant: CatalogueVariant | undefined }[];
  /** Variants with a forecast. */
  readonly forecast: ReadonlySet<string>;
  readonly isReplayed: boolean;
  readonly now: Date;
  readonly format: ShopFormat;
  readonly words: Words;
}

/** What the models lacked when they judged a bundle, a sentence each: the merchant may be able to give it. */
export async function describeMissingData(
  deps: Deps,
  { shop, components, forecast, isReplayed, now, format, words: { t, locale } }: KnownOfBundle,
): Promise<string[]> {
  const { hasViews, hasCustomers, firstOrderAt } = await readDataHeld(deps.pool, { shop });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const without = (isMissing: (variant: CatalogueVariant) => boolean) =>
    list.format(components.flatMap(({ title, variant }) => (variant && isMissing(variant) ? [title] : [])));
  const costs = without(({ costMinor }) => costMinor === null);
  const stocks = without(({ inventoryQuantity }) => inventoryQuantity === null);
  const forecasts = without(({ variantGid }) => !forecast.has(variantGid));
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
