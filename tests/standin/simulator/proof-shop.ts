import { drawCount, type Random } from "./random.ts";

/** A shop with a known effect of the offers. */
export interface ProofSetting {
  readonly name: string;
  readonly visitorsADay: number;
  /** Share held out on a day, 0 to 1. */
  readonly holdoutRatio: (day: number) => number;
  /** Share of a day's visitors who buy at some time without an offer. */
  readonly buyRatio: (day: number) => number;
  readonly medianOrderMinor: number;
  /** Standard deviation of the logarithm of an order's value. */
  readonly logSpread: number;
  /** Share of the buyers who decide some days after their first visit, and of those who buy again. */
  readonly lateRatio: number;
  readonly repeatRatio: number;
  /** Share of the buyers without offers who reach a product with an offer before they buy; the others never do. */
  readonly reachRatio: (day: number) => number;
  /** Draws each visitor of a day, if more than the arm determines how often they buy. */
  readonly drawVisitors?: (day: number, visitors: number, random: Random) => readonly Drawn[];
  /** Days on which nobody could see an offer. The proof leaves out their visitors and all purchases on them. */
  readonly isLeftOut?: (day: number) => boolean;
}

/** Visitors of an arm who buy this many times as often as `buyRatio`, in addition to the effect of offers. */
export interface Drawn {
  readonly arm: "treated" | "holdout";
  readonly visitors: number;
  readonly buysTimes: number;
}

/** One arm of one day's first-time visitors, so far. */
export interface ProofCohort extends ProofSums {
  visitors: number;
  /** Those who reached an offer first. */
  readonly reached: ProofSums;
}

export interface ProofSums {
  orders: number;
  ordersSquared: number;
  buyers: number;
  revenueMinor: number;
  revenueSquared: number;
  cappedMinor: number;
  cappedSquared: number;
}

export type ProofDay = Record<"treated" | "holdout", ProofCohort> & {
  /** Both arms, by days since the first visit. */
  readonly ordersByDelay: number[];
};

/** Days after the first visit within which late and repeated purchases happen. */
const LATE_DAYS = 14;
const REPEAT_DAYS = 45;

interface Purchase {
  /** Day of the buyer's first visit. */
  readonly sinceDay: number;
  /** The sums to which it is added: those of the cohort, and those of the visitors who reached an offer. */
  readonly sums: readonly ProofSums[];
  readonly buyer: { spentMinor: number; orders: number };
  readonly worthMinor: number;
}

/**
 * Simulates day by day what a shop's visitors buy. The offers multiply the share of visitors who buy by `1 + effect`,
 * and change nothing else. Buyers won by an offer have reached one, and are like the others. The number of visitors
 * varies by a fifth from day to day, and by the weekday.
 *
 * @yields the cohorts so far, after each day; the same objects, updated
 */
export function* simulateProof(
  setting: ProofSetting,
  { days, effect, capMinor, random }: { days: number; effect: number; capMinor: number; random: Random },
): Generator<ProofDay[]> {
  const { isLeftOut = () => false } = setting;
  const cohorts: ProofDay[] = [];
  const waiting: Purchase[][] = Array.from({ length: days }, () => []);
  for (let day = 0; day < days; day++) {
    const weekday = 1 + 0.25 * Math.cos((2 * Math.PI * day) / 7);
    const visitors = Math.max(1, Math.round(setting.visitorsADay * weekday * (0.8 + 0.4 * random())));
    const cohort = { treated: emptyCohort(0), holdout: emptyCohort(0), ordersByDelay: [] };
    const drawn = setting.drawVisitors?.(day, visitors, random) ?? drawArms(setting, day, visitors, random);
    for (const { arm, visitors: drawnVisitors, buysTimes } of isLeftOut(day) ? [] : drawn) {
      cohort[arm].visitors += drawnVisitors;
      const more = arm === "treated" ? effect : 0;
      const buyers = drawCount(random, drawnVisitors, setting.buyRatio(day) * buysTimes * (1 + more));
      const reachRatio = (setting.reachRatio(day) + more) / (1 + more);
      for (let buyer = 0; buyer < buyers; buyer++) {
        const sums = random() < reachRatio ? [cohort[arm], cohort[arm].reached] : [cohort[arm]];
        const purchases = drawPurchases(setting, random, day, sums);
        // A missing offer wins nobody. The later purchases of such a buyer are dropped too.
        if (isLeftOut(purchases[0]!.onDay) && random() < more / (1 + more)) continue;
        for (const { onDay, purchase } of purchases) waiting[onDay]?.push(purchase);
      }
    }
    cohorts.push(cohort);
    for (const purchase of isLeftOut(day) ? [] : waiting[day]!) {
      const { ordersByDelay } = cohorts[purchase.sinceDay]!;
      const delay = day - purchase.sinceDay;
      ordersByDelay[delay] = (ordersByDelay[delay] ?? 0) + 1;
      pay(purchase, capMinor);
    }
    yield cohorts;
  }
}

function drawArms({ holdoutRatio }: ProofSetting, day: number, visitors: number, random: Random): Drawn[] {
  const held = drawCount(random, visitors, holdoutRatio(day));
  return [
    { arm: "treated", visitors: visitors - held, buysTimes: 1 },
    { arm: "holdout", visitors: held, buysTimes: 1 },
  ];
}

function drawPurchases(setting: ProofSetting, random: Random, day: number, sums: readonly ProofSums[]) {
  const buyer = { spentMinor: 0, orders: 0 };
  const first = day + (random() < setting.lateRatio ? 1 + Math.floor(random() * LATE_DAYS) : 0);
  const draw = () => ({ sinceDay: day, sums, buyer, worthMinor: drawWorth(setting, random) });
  const purchases = [{ onDay: first, purchase: draw() }];
  if (random() < setting.repeatRatio) {
    const again = first + 1 + Math.floor(random() * REPEAT_DAYS);
    purchases.push({ onDay: again, purchase: draw() });
  }
  return purchases;
}

/** Sums of squares are over visitors, so a second order counts together with the first. */
function pay({ sums, buyer, worthMinor }: Purchase, capMinor: number): void {
  const { spentMinor: before, orders } = buyer;
  const after = before + worthMinor;
  const [cappedBefore, cappedAfter] = [Math.min(before, capMinor), Math.min(after, capMinor)];
  for (const sum of sums) {
    if (orders === 0) sum.buyers++;
    sum.orders++;
    sum.ordersSquared += 2 * orders + 1;
    sum.revenueMinor += worthMinor;
    sum.revenueSquared += after ** 2 - before ** 2;
    sum.cappedMinor += cappedAfter - cappedBefore;
    sum.cappedSquared += cappedAfter ** 2 - cappedBefore ** 2;
  }
  buyer.spentMinor = after;
  buyer.orders++;
}

/** Values of orders from before the measuring. */
export function drawEarlierOrders(setting: ProofSetting, count: number, random: Random): number[] {
  return Array.from({ length: count }, () => drawWorth(setting, random));
}

/**
 * Mean capped revenue of a buyer, by days since the first visit: the basis of the truth.
 *
 * @returns element a is the mean of those who first came a days ago
 */
export function meanByAge(
  setting: ProofSetting,
  { days, capMinor, buyers, random }: { days: number; capMinor: number; buyers: number; random: Random },
): Float64Array {
  const gained = new Float64Array(days);
  for (let buyer = 0; buyer < buyers; buyer++) {
    let spent = 0;
    for (const { onDay, purchase } of drawPurchases(setting, random, 0, [])) {
      const more = Math.min(spent + purchase.worthMinor, capMinor) - Math.min(spent, capMinor);
      if (onDay < days) gained[onDay]! += more / buyers;
      spent += purchase.worthMinor;
    }
  }
  for (let age = 1; age < days; age++) gained[age]! += gained[age - 1]!;
  return gained;
}

/**
 * What a shop can know before it waits: visitors per day, the spending of a visitor in this many days without offers,
 * and the share of the buyers who reach an offer. A visitor's value is capped at the 99th percentile of the orders.
 */
export function meanTraffic(
  setting: ProofSetting,
  { days, shops, random }: { days: number; shops: number; random: Random },
) {
  const earlier = drawEarlierOrders(setting, 20_000, random).sort((a, b) => a - b);
  const capMinor = earlier[Math.ceil(0.99 * earlier.length) - 1]!;
  const sum = { visitors: 0, minor: 0, squares: 0 };
  for (let shop = 0; shop < shops; shop++)
    for (const { treated, holdout } of [...simulateProof(setting, { days, effect: 0, capMinor, random })].at(
      -1,
    )!)
      for (const arm of [treated, holdout]) {
        sum.visitors += arm.visitors;
        sum.minor += arm.cappedMinor;
        sum.squares += arm.cappedSquared;
      }
  const meanMinor = sum.minor / sum.visitors;
  const middle = Math.floor(days / 2);
  return {
    visitorsADay: sum.visitors / shops / days,
    holdoutRatio: setting.holdoutRatio(middle),
    meanMinor,
    deviationMinor: Math.sqrt(sum.squares / sum.visitors - meanMinor ** 2),
    exposableRatio: setting.reachRatio(middle),
  };
}

function drawWorth({ medianOrderMinor, logSpread }: ProofSetting, random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return medianOrderMinor * Math.exp(logSpread * normal);
}

function emptyCohort(visitors: number): ProofCohort {
  return { visitors, ...emptySums(), reached: emptySums() };
}

function emptySums(): ProofSums {
  return {
    orders: 0,
    ordersSquared: 0,
    buyers: 0,
    revenueMinor: 0,
    revenueSquared: 0,
    cappedMinor: 0,
    cappedSquared: 0,
  };
}
