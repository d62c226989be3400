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
 * Ranges and quantity breaks counted on the orders before each of four dates, and how many hold up on all the orders after
 * it, which were not counted. Of these also those that a hundred of the later orders hold in full, and of the ranges
 * two products of. Breaks at several margins: at the usual ones none is expected to pay.
 * Needs `--data DIR`.
 */
const DATES = ["2010-12-01", "2011-02-01", "2011-04-01", "2011-06-01"];
const MANY = 100;
/** The log tells no costs; the first is what the app assumes. */
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

/** The same products, any two of them. */
function ofTwo(proposal: BundleProposal): BundleProposal {
  const { terms } = proposal;
  return terms?.kind === "range" ? { ...proposal, terms: { ...terms, units: 2 } } : proposal;
}
