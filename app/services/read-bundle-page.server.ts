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
import type { ShopSettings } from "#app/domain/validate/shop-settings.ts";
import { toZonedDay } from "#app/domain/zoned-day.ts";
import { toDecisionView } from "./describe-decision.server.ts";
import { describeProfit, readEvidence, toComponent } from "./read-suggestions-page.server.ts";
import { readSettings } from "./read-settings.server.ts";
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
  { shop, bundleId, viewer }: { shop: string; bundleId: string; viewer: string },
) {
  const [row, bundle] = await Promise.all([
    findShop(deps.db, { shop }),
    findBundle(deps.db, { shop, bundleId }),
  ]);
  if (!row || !bundle) return null;
  const variantGids = bundle.components.map(({ variantGid }) => variantGid);
  const [variants, forecasts, settings] = await Promise.all([
    readVariants(deps.db, { shop, variantGids }),
    readForecasts(deps.db, { shop, variantGids }),
    readSettings(deps, { shop }),
  ]);
  const format = createShopFormat(row);
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
    evidence: readEvidence(bundle.evidence).map(({ kind, text }) => ({ kind, text })),
    profit: describeProfit(bundle.expected, format),
    expected: toExpectedFacts(bundle.expected, format),
    replay: toReplayView(bundle.validation, format),
    components: bundle.components.map(({ variantGid, title, quantity }, index) => {
      const component = components[index]!;
      return {
        title,
        quantity,
        imageUrl: component.imageUrl,
        price: format.money(component.priceMinor),
        cost: describeCost(component.variant, component.priceMinor, settings, format),
        stock: describeStock(component.variant),
        forecast: describeForecast(forecasts.get(variantGid), format),
        handle: component.variant?.product.handle ?? null,
      };
    }),
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
    decisions: bundle.decisions.map((decision) => toDecisionView(decision, { viewer, format })),
    isUndoable: isUndoable(bundle.decisions),
  };
}

/** The newest decision that is no edit may be taken back, unless it was a taking back itself. */
function isUndoable(decisions: readonly { readonly action: string }[]): boolean {
  const last = decisions.find(({ action }) => action !== "edit");
  return last !== undefined && ["approve", "reject", "pause", "resume"].includes(last.action);
}

function toExpectedFacts(stored: unknown, format: ShopFormat): { term: string; value: string }[] {
  const parsed = ExpectedEffect.safeParse(stored);
  if (!parsed.success) return [];
  const { ordersAnyway, ordersWithOffer, extraMarginMinor, extraRevenueMinor } = parsed.data;
  const range = ({ value, low, high }: Estimate, write: (value: number) => string) =>
    `${write(value)} (${write(low)} to ${write(high)})`;
  const orders = (value: number) => format.number(value, value < 10 ? 1 : 0);
  return [
    { term: "Orders with all of it, without an offer", value: range(ordersAnyway, orders) },
    { term: "Orders with all of it, with the offer", value: range(ordersWithOffer, orders) },
    { term: "Extra revenue", value: range(extraRevenueMinor, format.roughMoney) },
    { term: "Extra profit after the discount", value: range(extraMarginMinor, format.roughMoney) },
  ];
}

function toReplayView(stored: unknown, format: ShopFormat) {
  const parsed = ReplayResult.safeParse(stored);
  if (!parsed.success) return null;
  const { baskets, withAll, expectedByChance, lift, marginChangeMinor, isSupported, verdict } = parsed.data;
  return {
    isSupported,
    verdict,
    facts: [
      { term: "Later orders looked at", value: format.number(baskets) },
      { term: "Held all of it", value: format.number(withAll) },
      { term: "Would by chance", value: format.number(expectedByChance, expectedByChance < 10 ? 1 : 0) },
      {
        term: "Times more often than by chance",
        value: `${format.number(lift.value, 1)} (${format.number(lift.low, 1)} to ${format.number(lift.high, 1)})`,
      },
      {
        term: "Profit on those orders with the offer, against without",
        value: `${format.roughMoney(marginChangeMinor.value)} (${format.roughMoney(marginChangeMinor.low)} to ${format.roughMoney(marginChangeMinor.high)})`,
      },
    ],
  };
}

function describeCost(
  variant: CatalogueVariant | undefined,
  priceMinor: number,
  { assumedMarginRatio }: ShopSettings,
  format: ShopFormat,
): string {
  const known = variant?.costMinor ?? null;
  if (known !== null) return format.money(known);
  return `${format.money(Math.round(priceMinor * (1 - assumedMarginRatio)))} (assumed)`;
}

function describeStock(variant: CatalogueVariant | undefined): string {
  if (!variant || variant.product.deletedAt) return "No longer in the shop";
  if (variant.product.status !== "active") return "Not on sale";
  if (variant.inventoryQuantity === null) return "Not tracked";
  return variant.inventoryQuantity > 0 ? `${variant.inventoryQuantity} on hand` : "Out of stock";
}

const TREND_TEXT: Readonly<Record<string, string>> = { up: "rising", flat: "steady", down: "falling" };

interface ForecastRow {
  readonly horizonDays: number;
  readonly ordersExpected: number;
  readonly ordersLow: number;
  readonly ordersHigh: number;
  readonly trend: string;
}

function describeForecast(forecast: ForecastRow | undefined, format: ShopFormat): string {
  if (!forecast) return "No forecast";
  const { horizonDays, ordersExpected, ordersLow, ordersHigh, trend } = forecast;
  return `${format.number(ordersExpected)} (${format.number(ordersLow)} to ${format.number(ordersHigh)}) in ${horizonDays} days, ${TREND_TEXT[trend] ?? trend}`;
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
