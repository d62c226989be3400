import { firstBasketAt, sliceBaskets } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import type { BundleProposal } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { proposeQuantityOffers } from "#app/domain/propose/quantity/propose-quantity.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { replayProposals } from "#app/domain/validate/replay-proposals.ts";
import { readOrderLog } from "#app/services/files/read-order-log.server.ts";
import { findBenchData, printFigure } from "#tests/bench/bench-data.ts";

/**
 * Ranges and quantity breaks from the orders before each of four dates, and how many the orders after it confirm.
 * Counts those that at least a hundred later orders contain in full, and for ranges also those with two of the
 * products. Tests breaks at several margins; at usual margins none is expected to pay. Needs `--data DIR`.
 */
const DATES = ["2010-12-01", "2011-02-01", "2011-04-01", "2011-06-01"];
const MANY = 100;
/** The log has no costs. The first is the app's default. */
const MARGINS = [0.5, 0.6, 0.7];

const path = findBenchData("online-retail/orders.csv.gz");
if (path === null) process.exit(0);
const log = await readOrderLog(path, {});
const { baskets } = prepareBaskets(log.lines, [], { currency: log.currency });
for (const date of DATES) {
  const cutoffMs = Date.parse(date);
  const propose = (kind: "range" | "breaks", settings: Partial<ShopSettings> = {}) =>
    proposeQuantityOffers({ baskets, settings: ShopSettings.parse(settings), cutoffMs }).filter(
      ({ terms }) => terms?.kind === kind,
    );
  const proposals = propose("range");
  const laterBaskets = sliceBaskets(baskets, firstBasketAt(baskets, cutoffMs), baskets.placedAtMs.length);
  const replay = (some: readonly BundleProposal[]) =>
    replayProposals({ proposals: some, laterBaskets, random: seededRandom(1) }).accepted;
  const held = replay(proposals);
  const many = (accepted: typeof held) =>
    accepted.filter(({ replay: { withAll } }) => withAll >= MANY).length;
  const print = (name: string, value: number, peer?: number) =>
    printFigure({ name: `${name}_after_${date}`, value, unit: "offers", ...(peer && { peer }) });
  print("ranges_held_up", held.length, proposals.length);
  print("ranges_in_100_orders", many(held), 10);
  print("ranges_two_in_100_orders", many(replay(proposals.map(ofTwo))), 10);
  for (const assumedMarginRatio of MARGINS) {
    const breaks = propose("breaks", { assumedMarginRatio });
    const heldBreaks = replay(breaks);
    const name = `breaks_at_margin_${assumedMarginRatio}`;
    print(`${name}_held_up`, heldBreaks.length, breaks.length);
    print(`${name}_in_100_orders`, many(heldBreaks));
  }
  printFigure({ name: `orders_after_${date}`, value: laterBaskets.placedAtMs.length, unit: "orders" });
}

/** The same range for any two of its products. */
function ofTwo(proposal: BundleProposal): BundleProposal {
  const { terms } = proposal;
  return terms?.kind === "range" ? { ...proposal, terms: { ...terms, units: 2 } } : proposal;
}
