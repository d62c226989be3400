import type { Words } from "#app/locales/words.server.ts";
import type { Deps } from "#app/deps.server.ts";
import {
  findBundle,
  readForecasts,
  readVariants,
  type CatalogueVariant,
} from "#app/data/read-bundles.server.ts";
import { findShop } from "#app/data/read-home.server.ts";
import { ExpectedEffect, ReplayResult, type Estimate } from "#app/domain/propose/bundle-proposal.ts";
import { priceBundle } from "#app/domain/publish/price-bundle.ts";
import { LEAST_TOGETHER } from "#app/domain/validate/replay-proposals.ts";
import type { ShopSettings } from "#app/domain/validate/shop-settings.ts";
import { toZonedDay } from "#app/domain/zoned-day.ts";
import { toDecisionView } from "./describe-decision.server.ts";
import { describeProfit, readEvidence, toComponent } from "./read-suggestions-page.server.ts";
import { readBundleSeason } from "./read-bundle-season.server.ts";
import { readSettings } from "./read-settings.server.ts";
import { writeSentence } from "./write-sentence.server.ts";
import { createShopFormat, usableTimeZone, type ShopFormat } from "./shop-format.server.ts";

/** Discounts whose effect on the margin is shown beside the bundle's own. */
const SAMPLE_DISCOUNTS = [0, 0.05, 0.1, 0.15, 0.2, 0.25];

/**
 * One bundle with everything a careful merchant wants before deciding; null when the shop has none of that id.
 *
 * @param viewer the staff member who looks, for whom the history says "You"
 */
export async function readBundlePage(
  deps: Deps,
  {
    shop,
    bundleId,
    viewer,
    words,
    now,
  }: { shop: string; bundleId: string; viewer: string; words: Words; now: Date },
) {
  const [row, bundle] = await Promise.all([
    findShop(deps.db, { shop }),
    findBundle(deps.db, { shop, bundleId }),
  ]);
  if (!row || !bundle) return null;
  const variantGids = bundle.components.map(({ variantGid }) => variantGid);
  const format = createShopFormat(row, words.locale);
  const [variants, forecasts, settings, season] = await Promise.all([
    readVariants(deps.db, { shop, variantGids }),
    readForecasts(deps.db, { shop, variantGids }),
    readSettings(deps, { shop }),
    readBundleSeason(deps, { shop, timeZone: row.timeZone, variantGids, now, format, words }),
  ]);
  const components = bundle.components.map((component) => toComponent(component, variants));
  const { currency } = row;
  const price = priceBundle(components, bundle.discountRatio, currency);
  return {
    id: bundle.id,
    title: bundle.title,
    kind: bundle.kind,
    status: bundle.status,
    pausedReason: bundle.pausedReason,
    proposedOn: format.date(bundle.createdAt),
    currency,
    price: {
      before: format.money(price.beforeMinor),
      after: format.money(price.afterMinor),
      saving: format.money(price.discountMinor),
      discount: format.percent(bundle.discountRatio),
    },
    evidence: readEvidence(bundle.evidence).map((sentence) => ({
      kind: sentence.kind,
      text: writeSentence(sentence, { format, words }),
    })),
    profit: describeProfit(bundle.expected, format, words),
    expected: toExpectedFacts(bundle.expected, format, words),
    replay: toReplayView(bundle.validation, bundle.kind, format, words),
    components: bundle.components.map(({ variantGid, title, quantity }, index) => {
      const component = components[index]!;
      return {
        title,
        quantity,
        imageUrl: component.imageUrl,
        price: format.money(component.priceMinor),
        cost: describeCost(component.variant, component.priceMinor, { settings, format, words }),
        stock: describeStock(component.variant, words),
        forecast: describeForecast(forecasts.get(variantGid), format, words),
        handle: component.variant?.product.handle ?? null,
      };
    }),
    season,
    margins: toMargins(components, { discountRatio: bundle.discountRatio, currency }, settings, format),
    terms: {
      title: bundle.title,
      discountPercent: Math.round(bundle.discountRatio * 100),
      startsOn: toDateInput(bundle.startsAt, row.timeZone),
      endsOn: toDateInput(bundle.endsAt, row.timeZone),
      quantities: bundle.components.map(({ quantity }) => quantity),
      /** For the live preview: what one unit of each component costs, minor units. */
      unitPricesMinor: components.map(({ priceMinor }) => priceMinor),
    },
    decisions: bundle.decisions.map((decision) => toDecisionView(decision, { viewer, format, words })),
    isUndoable: isUndoable(bundle.decisions),
  };
}

/** The newest decision that is no edit may be taken back, unless it was a taking back itself. */
function isUndoable(decisions: readonly { readonly action: string }[]): boolean {
  const last = decisions.find(({ action }) => action !== "edit");
  return last !== undefined && ["approve", "reject", "pause", "resume"].includes(last.action);
}

function toExpectedFacts(
  stored: unknown,
  format: ShopFormat,
  { t }: Words,
): { term: string; value: string }[] {
  const parsed = ExpectedEffect.safeParse(stored);
  if (!parsed.success) return [];
  const { ordersAnyway, ordersWithOffer, extraMarginMinor, extraRevenueMinor } = parsed.data;
  const range = ({ value, low, high }: Estimate, write: (value: number) => string) =>
    t("server:estimate", { value: write(value), low: write(low), high: write(high) });
  const orders = (value: number) => format.number(value, value < 10 ? 1 : 0);
  return [
    { term: t("server:expected.anyway"), value: range(ordersAnyway, orders) },
    { term: t("server:expected.withOffer"), value: range(ordersWithOffer, orders) },
    { term: t("server:expected.revenue"), value: range(extraRevenueMinor, format.roughMoney) },
    { term: t("server:expected.margin"), value: range(extraMarginMinor, format.roughMoney) },
  ];
}

function toReplayView(stored: unknown, kind: string, format: ShopFormat, { t }: Words) {
  const parsed = ReplayResult.safeParse(stored);
  if (!parsed.success) return null;
  const { baskets, withAll, expectedByChance, lift, marginChangeMinor, isSupported } = parsed.data;
  return {
    isSupported,
    verdict: t(`server:verdict.${judgeReplay(parsed.data, kind)}`, {
      together: format.number(withAll),
      baskets: format.number(baskets),
      byChance: format.number(expectedByChance, 1),
      low: format.number(lift.low, 1),
      high: format.number(lift.high, 1),
    }),
    facts: [
      { term: t("server:replay.baskets"), value: format.number(baskets) },
      { term: t("server:replay.withAll"), value: format.number(withAll) },
      {
        term: t("server:replay.byChance"),
        value: format.number(expectedByChance, expectedByChance < 10 ? 1 : 0),
      },
      {
        term: t("server:replay.lift"),
        value: t("server:estimate", {
          value: format.number(lift.value, 1),
          low: format.number(lift.low, 1),
          high: format.number(lift.high, 1),
        }),
      },
      {
        term: t("server:replay.margin"),
        value: t("server:estimate", {
          value: format.roughMoney(marginChangeMinor.value),
          low: format.roughMoney(marginChangeMinor.low),
          high: format.roughMoney(marginChangeMinor.high),
        }),
      },
    ],
  };
}

/** Why the replay judged as it did, from what it counted. */
function judgeReplay({ isSupported, withAll, lift }: ReplayResult, kind: string): string {
  if (!isSupported) return withAll < LEAST_TOGETHER ? "tooFew" : "failed";
  if (withAll >= LEAST_TOGETHER && lift.low > 1) return "held";
  return kind === "seasonal" ? "seasonal" : "substitute";
}

function describeCost(
  variant: CatalogueVariant | undefined,
  priceMinor: number,
  {
    settings: { assumedMarginRatio },
    format,
    words: { t },
  }: { settings: ShopSettings; format: ShopFormat; words: Words },
): string {
  const known = variant?.costMinor ?? null;
  if (known !== null) return format.money(known);
  return t("server:assumed", { cost: format.money(Math.round(priceMinor * (1 - assumedMarginRatio))) });
}

function describeStock(variant: CatalogueVariant | undefined, { t }: Words): string {
  if (!variant || variant.product.deletedAt) return t("server:stock.gone");
  if (variant.product.status !== "active") return t("server:stock.notOnSale");
  if (variant.inventoryQuantity === null) return t("server:stock.notTracked");
  return variant.inventoryQuantity > 0
    ? t("server:stock.onHand", { units: variant.inventoryQuantity })
    : t("server:stock.out");
}

interface ForecastRow {
  readonly horizonDays: number;
  readonly ordersExpected: number;
  readonly ordersLow: number;
  readonly ordersHigh: number;
  readonly trend: string;
}

function describeForecast(forecast: ForecastRow | undefined, format: ShopFormat, { t }: Words): string {
  if (!forecast) return t("server:forecast.none");
  const { horizonDays, ordersExpected, ordersLow, ordersHigh, trend } = forecast;
  return t("server:forecast.text", {
    orders: t("server:estimate", {
      value: format.number(ordersExpected),
      low: format.number(ordersLow),
      high: format.number(ordersHigh),
    }),
    days: horizonDays,
    trend: ["up", "flat", "down"].includes(trend) ? t(`server:trend.${trend}`) : trend,
  });
}

/** What one set leaves after its discount and the goods, at several discounts. */
function toMargins(
  components: readonly ReturnType<typeof toComponent>[],
  { discountRatio, currency }: { discountRatio: number; currency: string },
  { assumedMarginRatio, marginFloorRatio }: ShopSettings,
  format: ShopFormat,
) {
  const costMinor = components.reduce(
    (sum, { variant, priceMinor, quantity }) =>
      sum + (variant?.costMinor ?? priceMinor * (1 - assumedMarginRatio)) * quantity,
    0,
  );
  const ratios = [...new Set([...SAMPLE_DISCOUNTS, discountRatio])].sort((a, b) => a - b);
  return ratios.map((ratio) => {
    const { afterMinor } = priceBundle(components, ratio, currency);
    const marginRatio = afterMinor > 0 ? (afterMinor - costMinor) / afterMinor : 0;
    return {
      discount: format.percent(ratio),
      price: format.money(afterMinor),
      profit: format.money(Math.round(afterMinor - costMinor)),
      margin: format.percent(marginRatio),
      isCurrent: ratio === discountRatio,
      isBelowFloor: marginRatio < marginFloorRatio,
    };
  });
}

/** A bundle runs for whole days of the shop's own calendar. */
function toDateInput(at: Date | null, timeZone: string): string {
  return at ? toZonedDay(at.getTime(), usableTimeZone(timeZone)) : "";
}
