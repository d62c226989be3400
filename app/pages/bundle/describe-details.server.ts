import { toLegacyId } from "#app/domain/ids.ts";
import { isOnlyVariant } from "#app/domain/collect/product-facts.ts";
import { withoutTax, type ShopSettings } from "#app/domain/shop-settings.ts";
import { writePrice } from "./describe-terms.server.ts";
import { sumStock } from "./describe-stock-cover.server.ts";
import type { ComponentChoice } from "./read-component-choices.server.ts";
import type { BundleRow } from "#app/data/bundles/bundles.server.ts";
import { readDataHeld } from "#app/data/bundles/read-bundle-context.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { BUNDLE_KINDS, MERCHANT_KIND, ReplayResult } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { OfferTerms } from "#app/domain/offer/offer.ts";
import { explainReplay, unitsOf } from "#app/domain/validate/explain-replay.ts";
import { writeEstimate, writeMessage, type Writing } from "#app/locales/write-message.server.ts";

interface ComponentWriting extends Writing {
  /** The .myshopify.com domain, which redirects to the shop's own domain. */
  readonly shop: string;
  readonly settings: ShopSettings;
}

interface KnownComponent extends ComponentChoice {
  readonly title: string;
  readonly productGid: string;
  readonly quantity: number;
  readonly priceMinor: number;
}

/** A component as its row shows it: price and cost of the bundle's variant, stock of all variants that can fill it. */
export function describeComponent(component: KnownComponent, writing: ComponentWriting) {
  const { title, quantity, priceMinor, variant } = component;
  return {
    title,
    choice: describeChoice(component, writing),
    quantity,
    price: writePrice(priceMinor, writing.settings, writing),
    cost: describeCost(component, writing),
    stock: describeStock(component, writing),
    adminUrl: `shopify://admin/products/${toLegacyId(component.productGid)}`,
    shopUrl: variant?.product.handle ? `https://${writing.shop}/products/${variant.product.handle}` : null,
  };
}

/** The number of variants to choose from, or the name of the only one if the title lacks it. */
function describeChoice(
  { title, variant, variants }: KnownComponent,
  { format, words: { t } }: ComponentWriting,
) {
  if (variants.length > 1) return t("server:choice", { variants: format.number(variants.length) });
  return variant && !isOnlyVariant(variant.title) && !title.includes(variant.title) ? variant.title : null;
}

function describeCost(
  { variant, priceMinor }: KnownComponent,
  { settings, format, words: { t } }: ComponentWriting,
): string {
  const known = settings.usesShopifyCosts ? (variant?.costMinor ?? null) : null;
  if (known !== null) return format.money(known);
  const costMinor = withoutTax(priceMinor * (1 - settings.assumedMarginRatio), settings);
  return t("server:assumed", { cost: format.money(Math.round(costMinor)) });
}

function describeStock(
  { variant, variants }: KnownComponent,
  { format, words: { t } }: ComponentWriting,
): string {
  if (!variant || variant.product.deletedAt) return t("server:stock.gone");
  if (variant.product.status !== "active") return t("server:stock.notOnSale");
  const units = sumStock(variants);
  if (units === null) return t("server:stock.notTracked");
  return units > 0 ? t("server:stock.onHand", { units: format.number(units) }) : t("server:stock.out");
}

/** In a shorter history, a season occurs at most once and looks like a trend. */
const FULL_HISTORY_DAYS = 365;

interface KnownOfBundle extends Writing {
  readonly shop: string;
  readonly settings: Pick<ShopSettings, "usesShopifyCosts">;
  readonly components: readonly (ComponentChoice & { readonly title: string })[];
  readonly isReplayed: boolean;
  readonly now: Date;
}

/** Data that the models lacked, one sentence each. The merchant may be able to add it. */
export async function describeMissingData(
  deps: Deps,
  { shop, settings, components, isReplayed, now, format, words: { t, locale } }: KnownOfBundle,
): Promise<string[]> {
  const { hasViews, hasCustomers, firstOrderAt } = await readDataHeld(deps.pool, { shop });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const without = (isMissing: (component: ComponentChoice) => boolean) =>
    list.format(
      components.flatMap((component) => (component.variant && isMissing(component) ? [component.title] : [])),
    );
  const costs = without(
    ({ variants }) => settings.usesShopifyCosts && variants.some(({ costMinor }) => costMinor === null),
  );
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

type ReplayedBundle = Pick<BundleRow, "validation" | "kind" | "terms">;

/** The replay of a bundle on later orders, in words and figures; null if there was none. */
export function describeReplay({ validation, kind: stored, terms }: ReplayedBundle, writing: Writing) {
  const parsed = ReplayResult.safeParse(validation);
  // A run can replay the merchant's own offers; it treats them as complementary.
  const kind = stored === MERCHANT_KIND ? "complementary" : BUNDLE_KINDS.find((one) => one === stored);
  if (!parsed.success || !kind) return null;
  const { format, words } = writing;
  const { t } = words;
  const offer = OfferTerms.safeParse(terms).data;
  const units = unitsOf(offer);
  // For a single product, the expected count is its rate before.
  const isOfOne = offer?.kind === "breaks";
  const { baskets, withAll, expectedByChance, lift, marginChangeMinor, isSupported, isOfPairs } = parsed.data;
  const held = isOfPairs ? t("server:replay.withTwo") : t("server:replay.withAll");
  const verdict = explainReplay(parsed.data, { kind, terms: offer });
  return {
    isSupported,
    verdict: writeMessage(verdict, writing),
    /** Later orders with all components, and the number expected by chance, for a chart. */
    withAll,
    expectedByChance,
    /** The examined orders, the orders with all components, the number expected by chance, and the effect. */
    facts: [
      { term: t("server:replay.baskets"), value: format.number(baskets) },
      {
        term: units === null ? held : t("server:replay.withUnits", { units }),
        value: format.number(withAll),
      },
      {
        term: t(isOfOne ? "server:replay.asBefore" : "server:replay.byChance"),
        value: format.number(expectedByChance, expectedByChance < 10 ? 1 : 0),
      },
      {
        term: t(isOfOne ? "server:replay.timesBefore" : "server:replay.lift"),
        value: writeEstimate(lift, (value) => format.number(value, 1), words),
      },
      {
        term: t("server:replay.margin"),
        value: writeEstimate(marginChangeMinor, format.roughMoney, words),
      },
    ],
  };
}
