import {
  HANDLING_RATIO,
  LEVELS,
  responsesOn,
  visitorsOn,
  WON_RETURN_FACTOR,
  type Response,
  type TrueBundle,
} from "./autopilot-shop.ts";
import { drawCount, type Random } from "./random.ts";

/** What one arm's visitors of one bundle's page did on one day, as far as a shop can know it. */
export interface PageDay {
  readonly visitors: number;
  /** Visitors with an order of one component only, and with one of both. */
  readonly anchorOrders: number;
  readonly setOrders: number;
  readonly returnedOrders: number;
  /** After discount and returns, minor units; the squares are summed over visitors. */
  readonly marginMinor: number;
  readonly marginSquared: number;
  readonly revenueMinor: number;
  readonly revenueSquared: number;
}

export interface BundleDay {
  readonly treated: PageDay;
  readonly holdout: PageDay;
}

/** Share of each page's visitors who see no offers. */
export const HOLDOUT_RATIO = 0.1;

/**
 * One day of one bundle's page, with its offer at one level.
 *
 * @param level of `LEVELS`, or 0 for no offer
 */
export function simulateDay(
  bundle: TrueBundle,
  { day, level, random }: { day: number; level: number; random: Random },
): BundleDay {
  // Close enough to Poisson: many trials of a small chance.
  const visitors = drawCount(random, 20 * Math.ceil(visitorsOn(bundle, day)), 1 / 20);
  const held = drawCount(random, visitors, HOLDOUT_RATIO);
  return {
    treated: simulatePage(bundle, { day, level, visitors: visitors - held, random }),
    holdout: simulatePage(bundle, { day, level: 0, visitors: held, random }),
  };
}

/** Response of a day at one level; 0 is without an offer. */
export function responseAt(bundle: TrueBundle, day: number, level: number): Response {
  const response = responsesOn(bundle, day)[level === 0 ? 0 : 1 + LEVELS.findIndex((each) => each === level)];
  if (!response) throw new RangeError(`no level ${level}`);
  return response;
}

/** Expected extra margin of a day at one level compared with no offer, over all visitors with offers; minor units. */
export function extraMarginOn(bundle: TrueBundle, day: number, level: number): number {
  const gain = responseAt(bundle, day, level).marginMinor - responseAt(bundle, day, 0).marginMinor;
  return visitorsOn(bundle, day) * (1 - HOLDOUT_RATIO) * gain;
}

function simulatePage(
  bundle: TrueBundle,
  { day, level, visitors, random }: { day: number; level: number; visitors: number; random: Random },
): PageDay {
  const { anchorRatio, setRatio, wonRatio } = responseAt(bundle, day, level);
  const { anchorPriceMinor, otherPriceMinor, returnRatio } = bundle;
  const anchors = drawCount(random, visitors, anchorRatio);
  const sets = drawCount(random, visitors - anchors, setRatio / (1 - anchorRatio));
  const won = drawCount(random, visitors - anchors - sets, wonRatio / (1 - anchorRatio - setRatio));
  const back = {
    anchors: drawCount(random, anchors, returnRatio),
    sets: drawCount(random, sets, returnRatio) + drawCount(random, won, WON_RETURN_FACTOR * returnRatio),
  };
  const saving = level * (anchorPriceMinor + otherPriceMinor);
  const kept = { anchors: anchors - back.anchors, sets: sets + won - back.sets };
  const setMargin = bundle.anchorMarginMinor + bundle.otherMarginMinor - saving;
  const setPrice = anchorPriceMinor + otherPriceMinor - saving;
  const handling = { anchor: -HANDLING_RATIO * anchorPriceMinor, set: -HANDLING_RATIO * setPrice };
  const add = (anchor: number, set: number, anchorBack: number, setBack: number) =>
    kept.anchors * anchor + kept.sets * set + back.anchors * anchorBack + back.sets * setBack;
  return {
    visitors,
    anchorOrders: anchors,
    setOrders: sets + won,
    returnedOrders: back.anchors + back.sets,
    marginMinor: add(bundle.anchorMarginMinor, setMargin, handling.anchor, handling.set),
    marginSquared: add(
      bundle.anchorMarginMinor ** 2,
      setMargin ** 2,
      handling.anchor ** 2,
      handling.set ** 2,
    ),
    revenueMinor: add(anchorPriceMinor, setPrice, 0, 0),
    revenueSquared: add(anchorPriceMinor ** 2, setPrice ** 2, 0, 0),
  };
}
