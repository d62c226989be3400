import { estimateUplift, type ArmOutcome } from "#app/domain/evaluate/uplift.ts";
import { seededRandom, type Random } from "#app/domain/random.ts";
import { printFigure } from "./bench-data.ts";

/**
 * Simulated shops whose merchant looks at the results every day for 90 days: how many ever see an interval that
 * misses the truth. Revenue is heavy-tailed (lognormal), a tenth of the visitors is held out, three in a hundred
 * buy, and some come back. `--shops N` and `--seed N` change the size and the draw.
 */
const DAYS = 90;
const BUY_RATIO = 0.03;
const HOLDOUT_RATIO = 0.1;
const MEDIAN_ORDER_MINOR = 3_000;
const LOG_SPREAD = 1;
const RETURN_DAYS = 20;
/** Every interval promises to hold in nineteen of twenty shops, on all days together. */
const PROMISED_MISSES = 0.05;

interface Setting {
  readonly name: string;
  readonly visitorsADay: number;
  readonly returnRatio: number;
  /** Relative effect of the offers on the chance to buy. */
  readonly effect: number;
}

const SETTINGS: readonly Setting[] = [
  { name: "A/A, 40 visitors a day", visitorsADay: 40, returnRatio: 0.3, effect: 0 },
  { name: "A/A, 200 visitors a day", visitorsADay: 200, returnRatio: 0.3, effect: 0 },
  { name: "A/A, 1,000 visitors a day", visitorsADay: 1_000, returnRatio: 0.3, effect: 0 },
  { name: "A/B +20 %, 200 visitors a day", visitorsADay: 200, returnRatio: 0, effect: 0.2 },
  { name: "A/B +20 %, 1,000 visitors a day", visitorsADay: 1_000, returnRatio: 0, effect: 0.2 },
];

interface Arm {
  visitors: number;
  orders: number;
  revenue: number;
  revenueSquared: number;
}

const shops = readNumber("--shops", 1_000);
const seed = readNumber("--seed", 1);
for (const [index, setting] of SETTINGS.entries()) {
  const random = seededRandom(seed * 1_000 + index);
  let missed = 0;
  let found = 0;
  for (let shop = 0; shop < shops; shop++) {
    const seen = lookEveryDay(setting, random);
    if (seen.hasMissed) missed++;
    if (seen.hasFound) found++;
  }
  printFigure({
    name: `uplift, ${setting.name}, shops whose interval ever missed the truth`,
    value: missed / shops,
    unit: "share",
    peer: PROMISED_MISSES,
  });
  if (setting.effect > 0) {
    printFigure({
      name: `uplift, ${setting.name}, shops that saw the effect`,
      value: found / shops,
      unit: "share",
    });
  }
}

function lookEveryDay({ visitorsADay, returnRatio, effect }: Setting, random: Random) {
  const arms: [treated: Arm, holdout: Arm] = [emptyArm(), emptyArm()];
  const comeBack: { arm: Arm; spent: number }[][] = Array.from({ length: DAYS }, () => []);
  const meanOrder = MEDIAN_ORDER_MINOR * Math.exp(LOG_SPREAD ** 2 / 2);
  const truth = effect * BUY_RATIO * meanOrder;
  let hasMissed = false;
  let hasFound = false;
  for (let day = 0; day < DAYS; day++) {
    for (const { arm, spent } of comeBack[day]!) {
      if (random() < BUY_RATIO) pay(arm, spent, drawOrder(random));
    }
    for (let visitor = 0; visitor < visitorsADay; visitor++) {
      const isHeldOut = random() < HOLDOUT_RATIO;
      const arm = arms[isHeldOut ? 1 : 0];
      arm.visitors++;
      const spent = random() < BUY_RATIO * (isHeldOut ? 1 : 1 + effect) ? drawOrder(random) : 0;
      if (spent > 0) pay(arm, 0, spent);
      const backOn = day + 1 + Math.floor(random() * RETURN_DAYS);
      if (random() < returnRatio && backOn < DAYS) comeBack[backOn]!.push({ arm, spent });
    }
    const { low, high } = estimateUplift({
      treated: toOutcome(arms[0]),
      holdout: toOutcome(arms[1]),
    }).perVisitorMinor;
    hasMissed ||= truth < low || truth > high;
    hasFound ||= low > 0;
  }
  return { hasMissed, hasFound };
}

/** A visitor's further spending: sums of squares are over visitors, not orders. */
function pay(arm: Arm, before: number, amount: number): void {
  arm.orders++;
  arm.revenue += amount;
  arm.revenueSquared += (before + amount) ** 2 - before ** 2;
}

function drawOrder(random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return MEDIAN_ORDER_MINOR * Math.exp(LOG_SPREAD * normal);
}

function emptyArm(): Arm {
  return { visitors: 0, orders: 0, revenue: 0, revenueSquared: 0 };
}

function toOutcome({ visitors, orders, revenue, revenueSquared }: Arm): ArmOutcome {
  return {
    revenueMinor: { visitors, sum: revenue, sumOfSquares: revenueSquared },
    // Nearly all buy once, so the square of the count is the count.
    orders: { visitors, sum: orders, sumOfSquares: orders },
  };
}

function readNumber(flag: string, otherwise: number): number {
  const at = process.argv.indexOf(flag);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}
