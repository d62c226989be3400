import { PRICE_RESPONSE } from "#app/domain/trends/prices/price-elasticity.ts";
import { chooseSchedule } from "#app/domain/propose/quantity/choose-schedule.ts";
import { costOf, learnUnitDemand, type QuantitySchedule } from "#app/domain/propose/quantity/unit-demand.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { printFigure, readWhole } from "#tests/bench/bench-data.ts";
import { seededRandom } from "#tests/standin/simulator/random.ts";
import {
  drawUnitProduct,
  takeUnits,
  type UnitProduct,
  type UnitShopper,
} from "#tests/standin/simulator/unit-shoppers.ts";

/**
 * Simulated shops of 100 products with known shoppers: the gain in later months of quantity breaks learned from the
 * units of one month's orders, compared with none and with "10 % at 2, 15 % at 3" on every product. The later
 * shoppers are different ones, the same for each of the three, over half a year: this compares the expected gain of a
 * schedule, not one month's chance.
 *
 * `--seeds N` (20), `--from SEED` (2001); the settings were chosen on seeds from 1001 on. Exits 1 when a promise is
 * not kept.
 */
const PRODUCTS = 100;
const LATER_MONTHS = 6;
const LEAST_RATIO = 1.15;
const FIXED: QuantitySchedule = {
  kind: "breaks",
  steps: [
    { units: 2, discountRatio: 0.1 },
    { units: 3, discountRatio: 0.15 },
  ],
};
const settings = ShopSettings.parse({});
/** The app's requirement for a year's orders, scaled to one month. */
const LEAST_ORDERS = (settings.minSupportOrders * 28) / 365;

const seeds = readWhole("--seeds", 20);
const from = readWhole("--from", 2001);
const totals = { learned: 0, fixed: 0, without: 0, worst: Infinity, offered: 0 };
for (let seed = from; seed < from + seeds; seed++) {
  const random = seededRandom(seed);
  let learned = 0;
  for (let at = 0; at < PRODUCTS; at++) {
    const product = drawUnitProduct(random);
    const schedule = learn(product, product.drawShoppers(random, 1));
    const later = product.drawShoppers(random, LATER_MONTHS);
    const without = marginOf(product, later, null);
    totals.without += without;
    totals.fixed += marginOf(product, later, FIXED) - without;
    if (!schedule) continue;
    totals.offered += 1;
    learned += marginOf(product, later, schedule) - without;
  }
  totals.learned += learned;
  totals.worst = Math.min(totals.worst, learned);
}
const share = (extra: number) => Number(((100 * extra) / totals.without).toFixed(2));
printFigure({
  name: "breaks_extra_margin",
  value: share(totals.learned),
  unit: "% of margin",
  peer: share(totals.fixed),
});
printFigure({ name: "breaks_worst_seed", value: Math.round(totals.worst), unit: "minor units", peer: 0 });
printFigure({ name: "breaks_offered", value: totals.offered / seeds, unit: "of 100 products" });
if (totals.learned < LEAST_RATIO * Math.max(0, totals.fixed) || totals.worst < 0) process.exit(1);

/** From the orders of a month without an offer, as a log has them. */
function learn(
  { priceMinor, marginMinor }: UnitProduct,
  shoppers: readonly UnitShopper[],
): QuantitySchedule | null {
  const ordersOf: number[] = [];
  for (const shopper of shoppers) {
    const units = takeUnits(shopper, priceMinor, null);
    ordersOf[units] = (ordersOf[units] ?? 0) + 1;
  }
  const counts = Array.from({ length: ordersOf.length }, (_, units) =>
    units === 0 ? 0 : (ordersOf[units] ?? 0),
  );
  const demand = learnUnitDemand({ ordersOf: counts }, PRICE_RESPONSE);
  return (
    chooseSchedule(demand, { priceMinor, marginMinor }, "breaks", settings, LEAST_ORDERS)?.schedule ?? null
  );
}

/** Expected margin of a month. Shoppers who do not notice the offer also pay less if they reach a tier. */
function marginOf(
  { priceMinor, marginMinor }: UnitProduct,
  shoppers: readonly UnitShopper[],
  schedule: QuantitySchedule | null,
): number {
  const cost = (units: number) => (schedule ? costOf(schedule, units) : units);
  let margin = 0;
  for (const shopper of shoppers) {
    const units = takeUnits(shopper, priceMinor, schedule && cost);
    margin += cost(units) * priceMinor - units * (priceMinor - marginMinor);
  }
  return margin / LATER_MONTHS;
}
