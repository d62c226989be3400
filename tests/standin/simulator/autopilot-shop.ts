import { normalDraw } from "#app/domain/numbers/random.ts";
import { pickOne, type Random } from "./random.ts";

/**
 * A shop whose shoppers' needs are known. Each page visitor has a reservation price for the anchor and one for its
 * partner product, drawn from a bivariate lognormal, and buys nothing, the anchor, or both, as these allow (mixed
 * bundling; Adams and Yellen 1976). No shopper follows a curve that a learner could assume.
 *
 * Calibration of the prices: 1 to 3 % of the visitors of a page buy; own-price elasticities of 1.0 to 4.1 with median
 * 2.8 (the juices of Dominick's); an attach rate of 5 to 25 % without an offer; 3 to 12 % of sold units come back.
 * The shares of visitors who notice an offer (35 to 85 %) and who think of the second product themselves (30 to 70 %)
 * have no published figures; the ranges are wide on purpose.
 */
export const LEVELS = [0.05, 0.1, 0.15, 0.2] as const;

/** The response of shoppers to an offer, for one bundle in or out of its season. */
export interface Response {
  /** Share of a page's visitors who buy only the anchor, 0 to 1. */
  readonly anchorRatio: number;
  /** Shares of visitors who buy both without the offer too, and whom the offer wins. */
  readonly setRatio: number;
  readonly wonRatio: number;
  /** Expected margin per visitor after discount and returns, minor units. */
  readonly marginMinor: number;
  /** Expected revenue per visitor after discount and returns, minor units. */
  readonly revenueMinor: number;
}

export interface TrueBundle {
  readonly anchorPriceMinor: number;
  readonly otherPriceMinor: number;
  readonly anchorMarginMinor: number;
  readonly otherMarginMinor: number;
  /** Attach rate without an offer in the shop's earlier orders. */
  readonly attachRatio: number;
  readonly visitorsADay: number;
  /** First and last day of the season, in which more visitors come and more of them buy; null without one. */
  readonly season: { readonly from: number; readonly to: number } | null;
  readonly returnRatio: number;
  /** [out of season, in season], each by level; the first is without an offer. */
  readonly responses: readonly [readonly Response[], readonly Response[]];
  /** The same out of season at any discount; null is without an offer. */
  readonly respondTo: (discountRatio: number | null) => Response;
}

/** Buyers won by a discount return their order this many times as often. */
export const WON_RETURN_FACTOR = 1.5;
/** Cost of a returned order as a share of its price. */
export const HANDLING_RATIO = 0.05;
const SEASON_TRAFFIC = 1.5;
const SEASON_NEED = 1.6;
const SHOPPERS = 60_000;
/** Three in four have no need at all. */
const WITH_NEED = 0.25;

/** Draws this many bundles with nothing in common but the shop. */
export function drawTrueShop(random: Random, bundles = 12): TrueBundle[] {
  return Array.from({ length: bundles }, (_, index) => drawTrueBundle(random, index));
}

/** Expected visitors of the page on a day. */
export function visitorsOn({ visitorsADay, season }: TrueBundle, day: number): number {
  const weekday = 1 + 0.25 * Math.cos((2 * Math.PI * day) / 7);
  return visitorsADay * weekday * (isInSeason(season, day) ? SEASON_TRAFFIC : 1);
}

/** Responses of a day, by level; the first is without an offer. */
export function responsesOn({ responses, season }: TrueBundle, day: number): readonly Response[] {
  return responses[isInSeason(season, day) ? 1 : 0];
}

function isInSeason(season: TrueBundle["season"], day: number): boolean {
  return season !== null && day >= season.from && day <= season.to;
}

/** 1.0 to 4.1 with median 2.8. */
function drawElasticity(random: Random): number {
  return 1 + 3.1 * random() ** 0.786;
}

function drawTrueBundle(random: Random, index: number): TrueBundle {
  const between = (low: number, high: number) => low + (high - low) * random();
  const anchorPriceMinor = Math.round(3_000 * Math.exp(0.5 * normalDraw(random)));
  const otherPriceMinor = Math.round(anchorPriceMinor * between(0.25, 0.9));
  const buyRatio = between(0.01, 0.03);
  const attachRatio = between(0.05, 0.25);
  const considers = between(0.3, 0.7);
  const from = Math.floor(between(5, 55));
  const bundle = {
    anchorPriceMinor,
    otherPriceMinor,
    anchorMarginMinor: Math.round(anchorPriceMinor * between(0.15, 0.65)),
    otherMarginMinor: Math.round(otherPriceMinor * between(0.15, 0.65)),
    attachRatio,
    // The first pages of a shop have many times the visitors of the last (Zipf).
    visitorsADay: (600 / (index + 1) ** 0.6) * between(0.8, 1.2),
    season: pickOne(random, [null, null, { from, to: from + 30 }]),
    returnRatio: between(0.03, 0.12),
  };
  const needs = drawNeeds(random, {
    buyRatio,
    attachRatio: Math.min(0.8, attachRatio / considers),
    anchorElasticity: drawElasticity(random),
    otherElasticity: drawElasticity(random),
    correlation: between(0, 0.5),
  });
  const reach = { notices: between(0.35, 0.85), considers };
  const respond = (need: number) =>
    [null, ...LEVELS].map((level) => toResponse(bundle, needs, { ...reach, need, level }));
  const respondTo = (level: number | null) => toResponse(bundle, needs, { ...reach, need: 1, level });
  return { ...bundle, responses: [respond(1), respond(SEASON_NEED)], respondTo };
}

interface Needs {
  /** Reservation prices relative to the price, of the shoppers with a need. */
  readonly anchor: Float64Array;
  readonly other: Float64Array;
  /** Share of all visitors that these shoppers represent. */
  readonly share: number;
}

/**
 * Reservation prices so that at full price `buyRatio` of all visitors want the anchor, `attachRatio` of those also
 * want the other one, and demand falls with the price by the elasticities: a lognormal with hazard h at the price has
 * the elasticity `h / σ`.
 */
function drawNeeds(
  random: Random,
  {
    buyRatio,
    attachRatio,
    anchorElasticity,
    otherElasticity,
    correlation,
  }: {
    buyRatio: number;
    attachRatio: number;
    anchorElasticity: number;
    otherElasticity: number;
    correlation: number;
  },
): Needs {
  const z = Float64Array.from({ length: SHOPPERS }, () => normalDraw(random))
    .sort()
    .reverse();
  const wanting = Math.round(buyRatio * SHOPPERS);
  const own = Math.sqrt(1 - correlation ** 2);
  const count = SHOPPERS * WITH_NEED;
  const other = Float64Array.from(
    { length: count },
    (_, shopper) => correlation * z[shopper]! + own * normalDraw(random),
  );
  const buyers = other.slice(0, wanting).sort().reverse();
  const anchorEdge = z[wanting]!;
  const otherEdge = buyers[Math.round(attachRatio * wanting)]!;
  const anchorSpread = density(anchorEdge) / buyRatio / anchorElasticity;
  const otherSpread = slopeAt(buyers, otherEdge) / attachRatio / otherElasticity;
  return {
    anchor: z.slice(0, count).map((value) => Math.exp(anchorSpread * (value - anchorEdge))),
    other: other.map((value) => Math.exp(otherSpread * (value - otherEdge))),
    share: WITH_NEED,
  };
}

function density(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/** Share of a list within a half on either side of a value: its density there. */
function slopeAt(values: Float64Array, edge: number): number {
  return values.filter((value) => Math.abs(value - edge) < 0.5).length / values.length;
}

/**
 * What the visitors do at a level. A shopper with both in the cart gets the discount even without noticing it. Only
 * shoppers who noticed the offer plan with it. Shoppers who do not think of the second product buy the anchor or
 * nothing.
 */
function toResponse(
  bundle: Omit<TrueBundle, "responses" | "respondTo">,
  { anchor, other, share }: Needs,
  {
    notices,
    considers,
    need,
    level,
  }: { notices: number; considers: number; need: number; level: number | null },
): Response {
  const { anchorPriceMinor, otherPriceMinor, returnRatio } = bundle;
  const saving = (level ?? 0) * (anchorPriceMinor + otherPriceMinor);
  const sums = { anchor: 0, set: 0, won: 0 };
  for (let shopper = 0; shopper < anchor.length; shopper++) {
    // A season raises the anchor's value to its shoppers; the additional buyers follow from that.
    const anchorGain = anchor[shopper]! * anchorPriceMinor * seasonValue(need) - anchorPriceMinor;
    const otherGain = other[shopper]! * otherPriceMinor - otherPriceMinor;
    const takesAnchor = anchorGain > 0;
    const wouldTake = takesAnchor && otherGain > 0 ? considers : 0;
    // The saving must make up for what either product lacks. A surplus of one does not pay for the other.
    const isWon = level !== null && Math.min(0, anchorGain) + Math.min(0, otherGain) + saving > 0;
    const takesOffer = isWon ? notices : 0;
    // Noticing the offer and thinking of the second product oneself are independent.
    const set = wouldTake + takesOffer * (1 - wouldTake);
    sums.set += wouldTake;
    sums.won += set - wouldTake;
    if (takesAnchor) sums.anchor += 1 - set;
  }
  const scale = share / anchor.length;
  const [anchorRatio, setRatio, wonRatio] = [sums.anchor * scale, sums.set * scale, sums.won * scale];
  const kept = 1 - returnRatio;
  const keptWon = 1 - WON_RETURN_FACTOR * returnRatio;
  const setPrice = anchorPriceMinor + otherPriceMinor - saving;
  const setMargin = bundle.anchorMarginMinor + bundle.otherMarginMinor - saving;
  const handling =
    HANDLING_RATIO *
    (anchorRatio * (1 - kept) * anchorPriceMinor +
      (setRatio * (1 - kept) + wonRatio * (1 - keptWon)) * setPrice);
  const keptSets = setRatio * kept + wonRatio * keptWon;
  return {
    anchorRatio,
    setRatio,
    wonRatio,
    marginMinor: anchorRatio * kept * bundle.anchorMarginMinor + keptSets * setMargin - handling,
    revenueMinor: anchorRatio * kept * anchorPriceMinor + keptSets * setPrice,
  };
}

/** Factor by which a season that multiplies the need raises the anchor's value: a tenth for each additional half. */
function seasonValue(need: number): number {
  return 1 + 0.2 * (need - 1);
}
