import { toOfferTerms, purchaseRuleOf } from "#app/domain/offer/offer.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { listSteerable, type SteerableRow } from "#app/data/bundles/steerable-bundles.server.ts";
import { countOfferTrials, countShopDays, type TrialDay } from "#app/data/bundles/offer-trials.server.ts";
import { BUNDLE_STATUSES } from "#app/domain/bundle-status.ts";
import { listOfferTimes } from "#app/domain/evaluate/past-terms.ts";
import {
  expectPurchases,
  toTrials,
  type OrdersPromise,
} from "#app/domain/evaluate/autopilot/offer-trials.ts";
import { provesBrokenDraw } from "#app/domain/evaluate/proof/sample-ratio.ts";
import { isPoolOffer, type ShownOffer } from "#app/domain/propose/quantity/pool-outcomes.ts";
import type { CostSettings, ShopSettings } from "#app/domain/shop-settings.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { readDraw } from "./read-measuring-period.server.ts";

/** Older days carry almost no weight; see `sumTrials`. */
const WINDOW_DAYS = 120;
/** Positions, in the order of `ExpectedEffect.pairsAnyway`. */
const PAIRS_OF_THREE: readonly (readonly number[])[] = [
  [0, 1],
  [0, 2],
  [1, 2],
];

type TriedRow = Pick<SteerableRow, "id" | "log" | "discountRatio" | "terms">;

/** A bundle, or some of its components, whose trials are counted. `key` and `positions` as in `TimedOffer`. */
interface TriedOffer<Row extends TriedRow = TriedRow> {
  readonly key: string;
  readonly row: Row;
  readonly positions?: readonly number[];
}

/**
 * The parts of a bundle to learn from: the whole bundle, except that three products at full price count as pairs,
 * because nobody has to take all three. A shopper with one of them is reminded of two.
 */
function toLearned(row: SteerableRow): TriedOffer<SteerableRow>[] {
  const isSet = toOfferTerms(row).kind === "set";
  if (!isSet || row.discountRatio > 0 || row.components.length !== 3) return [{ key: row.id, row }];
  return PAIRS_OF_THREE.map((positions) => ({ key: `${row.id} ${positions.join()}`, row, positions }));
}

/** What visitors of the offers' pages did, by the discount at that time. */
export async function readTrials(
  { pool }: Pick<Deps, "pool">,
  {
    shop,
    now,
    offers,
    settings,
  }: {
    shop: string;
    now: Date;
    offers: readonly TriedOffer[];
    settings: Pick<ShopSettings, "assumedMarginRatio"> & CostSettings;
  },
): Promise<TrialDay[]> {
  const window = { fromMs: now.getTime() - WINDOW_DAYS * DAY_MS, toMs: now.getTime() };
  if (offers.length === 0) return [];
  return countOfferTrials(pool, {
    shop,
    from: new Date(window.fromMs),
    to: now,
    offers: offers.map(({ key, row, positions }) => ({
      key,
      bundleId: row.id,
      positions,
      times: listOfferTimes(row.log, { ...window, discountRatio: row.discountRatio }),
      purchase: purchaseRuleOf(toOfferTerms(row)),
    })),
    assumedMarginRatio: settings.assumedMarginRatio,
    usesShopifyCosts: settings.usesShopifyCosts,
    includedTaxRatio: settings.includedTaxRatio,
  });
}

/**
 * What shoppers did who saw the shop's offers so far. Includes retired and withdrawn offers, because the surviving ones
 * alone would bias the estimate upwards. Empty when the draw is broken.
 *
 * @param indexOf item of a variant
 */
export async function readOfferOutcomes(
  deps: Pick<Deps, "db" | "pool" | "slowAnswers">,
  {
    shop,
    now,
    settings,
    indexOf,
  }: { shop: string; now: Date; settings: ShopSettings; indexOf: ReadonlyMap<string, number> },
): Promise<ShownOffer[]> {
  const decided = BUNDLE_STATUSES.filter((status) => status !== "proposed");
  const rows = (await listSteerable(deps.db, shop, decided)).filter(({ log }) =>
    log.some(({ to }) => to === "published" || to === "approved"),
  );
  if (rows.length === 0) return [];
  if (provesBrokenDraw(await readDraw(deps, { shop, nowMs: now.getTime() }))) return [];
  const offers = rows.flatMap(toLearned);
  const trials = await readTrials(deps, { shop, now, offers, settings });
  const promises = new Map(offers.map((offer) => [offer.key, findPromise(offer, now)]));
  const ages = [...trials, ...[...promises.values()].flatMap((promise) => promise ?? [])];
  const oldest = ages.reduce((most, { ageDays }) => Math.max(most, ageDays), 0);
  const from = new Date(now.getTime() - (oldest + 1) * DAY_MS);
  const shopDays = await countShopDays(deps.pool, { shop, from, to: now });
  return offers.flatMap(({ key, row, positions }) => {
    const terms = toOfferTerms(row);
    const isPool = isPoolOffer({ terms });
    const components = row.components.filter(
      ({ isGift, position }) => (!isPool || !isGift) && (positions?.includes(position) ?? true),
    );
    const items = [...new Set(components.flatMap(({ variantGid }) => indexOf.get(variantGid) ?? []))];
    const isThree = terms.kind === "set" && row.components.length === 3;
    // Three products may have been sold with a discount and at full price.
    const own = trials.filter(
      (day) => day.key === key && (positions ? !day.discountRatio : !isThree || day.discountRatio !== 0),
    );
    if (items.length === 0 || (!isPool && items.length < components.length) || own.length === 0) return [];
    const promise = promises.get(key) ?? null;
    const ordersAnyway = promise && expectPurchases(own, promise, shopDays);
    return [{ items, trials: toTrials(own), terms, ordersAnyway }];
  });
}

/**
 * The promise at the last approval by a person. Later runs state figures of other days that include the offer's own
 * sales, and a resume or an undo records those. Null if that approval has none.
 */
function findPromise(
  { row, positions }: Pick<TriedOffer, "row" | "positions">,
  now: Date,
): OrdersPromise | null {
  const approval = row.log.findLast(
    ({ action, ordersAnyway }) => action === "approve" && ordersAnyway !== null,
  );
  const ordersAnyway = positions
    ? approval?.pairsAnyway[PAIRS_OF_THREE.indexOf(positions)]
    : approval?.ordersAnyway;
  if (!approval || ordersAnyway === undefined || ordersAnyway === null) return null;
  return { ordersAnyway, ageDays: Math.floor((now.getTime() - approval.atMs) / DAY_MS) };
}
