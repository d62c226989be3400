import type { Random } from "./random.ts";

/** One product of a simulated shop, and its visitors. */
export interface UnitProduct {
  readonly priceMinor: number;
  readonly marginMinor: number;
  /** Draws new shoppers each time, for `months` months of 28 days. */
  readonly drawShoppers: (random: Random, months: number) => UnitShopper[];
}

export interface UnitShopper {
  /** The shopper's value of each further unit, minor units, decreasing. */
  readonly worthMinor: Float64Array;
  /** Whether they read the text next to the price. */
  readonly notices: boolean;
  /** Whether they need such a reminder to think of a second unit at all. */
  readonly forgets: boolean;
}

const MOST_UNITS = 24;

/**
 * A product whose shoppers each value the first unit at a lognormal amount and each further one at a share of the one
 * before, with a different share for each shopper. No estimate of the app assumes this form. The app does not know
 * the share of shoppers who read no offer either.
 */
export function drawUnitProduct(random: Random): UnitProduct {
  const priceMinor = Math.round(200 * Math.exp(2 * random()));
  const marginMinor = priceMinor * (0.2 + 0.5 * random());
  const centre = 0.5 + 0.6 * random();
  const spread = 0.3 + 0.6 * random();
  const keeps = 0.35 + 0.6 * random();
  const noticed = 0.3 + 0.6 * random();
  const forgetful = 0.2 * random();
  const aMonth = 400 + Math.floor(1_600 * random());
  const drawShopper = (random: Random): UnitShopper => {
    const first = priceMinor * centre * Math.exp(spread * normal(random));
    const kept = Math.min(0.98, Math.max(0.05, keeps + 0.15 * normal(random)));
    const worthMinor = new Float64Array(MOST_UNITS);
    for (let at = 0, worth = first; at < MOST_UNITS; at++, worth *= kept) worthMinor[at] = worth;
    return {
      worthMinor,
      notices: random() < noticed,
      forgets: random() < forgetful,
    };
  };
  return {
    priceMinor,
    marginMinor,
    drawShoppers: (random, months) => Array.from({ length: aMonth * months }, () => drawShopper(random)),
  };
}

/**
 * Units that the shopper takes.
 *
 * @param costOf price of this many units in unit prices, with an offer next to the price; null without one
 */
export function takeUnits(
  { worthMinor, notices, forgets }: UnitShopper,
  priceMinor: number,
  costOf: ((units: number) => number) | null,
): number {
  const isShown = notices && costOf !== null;
  const cost = isShown ? costOf : (units: number) => units;
  const most = forgets && !isShown ? 1 : worthMinor.length;
  let [best, bestSurplus, worth] = [0, 0, 0];
  for (let units = 1; units <= most; units++) {
    worth += worthMinor[units - 1]!;
    const surplus = worth - cost(units) * priceMinor;
    if (surplus > bestSurplus) [best, bestSurplus] = [units, surplus];
  }
  return best;
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
