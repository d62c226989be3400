import { firstBasketAt, sliceBaskets } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import type { BundleProposal } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { proposeQuantityOffers } from "#app/domain/propose/quantity/propose-quantity.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { replayProposals } from "#app/domain/validate/replay-proposals.ts";
import { readOrderLog } from "#app/services/files/read-order-log.server.ts";
import { findBenchData, printFigure } from "#tests/bench/bench-data.ts";

/**
 * Ranges and quantity breaks counted on the orders before each of four dates, and how many hold up on orders after it
 * that were not counted: those of two months, and all of them to the end of the log. Of these also those that a hundred
 * of the orders hold in full, and two products of. Needs `--data DIR`.
 */
const DATES = ["2010-12-01", "2011-02-01", "2011-04-01", "2011-06-01"];
const SPANS = { "": 61, _to_the_end: Infinity };
const MANY = 100;

const path = findBenchData("online-retail/orders.csv.gz");
if (path === null) process.exit(0);
const log = await readOrderLog(path, {});
const { baskets } = prepareBaskets(log.lines, [], { currency: log.currency });
for (const [span, days] of Object.entries(SPANS)) {
  const sums = { proposed: 0, held: 0, inFull: 0, ofTwo: 0 };
  for (const date of DATES) {
    const cutoffMs = Date.parse(date);
    const proposals = proposeQuantityOffers({ baskets, settings: ShopSettings.parse({}), cutoffMs });
    const until = firstBasketAt(baskets, cutoffMs + days * DAY_MS);
    const laterBaskets = sliceBaskets(baskets, firstBasketAt(baskets, cutoffMs), until);
    const replay = (some: readonly BundleProposal[]) =>
      replayProposals({ proposals: some, laterBaskets, random: seededRandom(1) }).accepted;
    const held = replay(proposals);
    const many = (accepted: typeof held) =>
      accepted.filter(({ replay: { withAll } }) => withAll >= MANY).length;
    sums.proposed += proposals.length;
    sums.held += held.length;
    sums.inFull += many(held);
    sums.ofTwo += many(replay(proposals.map(ofTwo)));
  }
  const print = (name: string, sum: number, peer: number) =>
    printFigure({ name: `ranges_${name}${span}`, value: sum / DATES.length, unit: "offers", peer });
  print("held_up", sums.held, sums.proposed / DATES.length);
  print("in_100_later_orders", sums.inFull, 10);
  print("two_in_100_later_orders", sums.ofTwo, 10);
}

/** The same products, any two of them. */
function ofTwo(proposal: BundleProposal): BundleProposal {
  const { terms } = proposal;
  return terms?.kind === "range" ? { ...proposal, terms: { ...terms, units: 2 } } : proposal;
}
