import { NONE, variantAt, variantCount } from "./cart";
import { Offer, drawnVariant, offerAt, offerCount } from "./offer";
import { noteWorth, placeAt, rankNoted } from "./sort";

/** Largest component for the exact search, whose sets are 64-bit masks. */
const MAX_EXACT: i32 = 64;
/** Steps of the exact search per cart, about 100 instructions each. After that, the best set so far is used. */
const MAX_STEPS: i32 = 8_000;

const MEMBERS: usize = memory.data(256); // 64 offer indices of the current component
const CONFLICTS: usize = memory.data(512); // 64 masks: the members that share a variant with this one, itself included
const SAVINGS: usize = memory.data(512); // saving of each member
const REMAINING: usize = memory.data(520); // 65 sums: savings of this member and all later ones

let steps: i32 = 0;
let memberCount: i32 = 0;
let bestHundredths: i64 = 0;
let bestMask: u64 = 0;

/** Number of offers that the cart fulfils. */
let fulfilledCount: i32 = 0;

export function countFulfilled(): i32 {
  return fulfilledCount;
}

/** The offer at a rank, in descending order of saving. */
export function rankedAt(rank: i32): Offer {
  return offerAt(placeAt(rank));
}

/**
 * Marks a set of offers that share no variant and save the shopper the most. This is weighted set packing, which is
 * NP-hard from three components on. It is solved per group of offers that compete for the same variants.
 *
 * - Exact for a group of at most 64 offers while the steps last: the search tries every set that is not bounded by the
 *   sum of the savings of all later offers.
 * - Never worse than greedy by largest saving. The first leaf of the search is the greedy set, because the search
 *   descends in order of saving and takes each free offer. That descent is never cut short, and a later leaf replaces
 *   it only with a larger saving. A group of more than 64 offers gets the greedy set.
 * - Greedy saves at least 1/k of the optimum, where k is the largest number of variants of one offer. Proof: assign
 *   each offer of an optimal set to the first greedy offer that shares a variant with it. One exists, because greedy
 *   stops only when all are blocked, and it saves no less, because it came first. An offer of k variants meets at most
 *   k disjoint offers.
 *
 * Both bounds are over the result of `findOffers`, before `writeResult` drops the smallest savings of a result that is
 * too long for Shopify.
 */
export function chooseOffers(): void {
  for (let at = 0; at < offerCount; at++) {
    const offer = offerAt(at);
    if (offer.hundredths == 0) continue;
    noteWorth(fulfilledCount++, at, offer.hundredths);
    const root = rootOf(drawnVariant(offer.firstDraw));
    for (let d = 1; d < offer.drawCount; d++)
      variantAt(rootOf(drawnVariant(offer.firstDraw + d))).parent = root;
  }
  rankNoted(fulfilledCount);
  for (let rank = fulfilledCount - 1; rank >= 0; rank--) {
    const offer = rankedAt(rank);
    const root = variantAt(rootOf(drawnVariant(offer.firstDraw)));
    offer.next = root.firstOffer;
    root.firstOffer = placeAt(rank);
  }
  steps = MAX_STEPS;
  for (let i = 0; i < variantCount; i++) {
    const first = variantAt(i).firstOffer;
    if (first == NONE) continue;
    if (offerAt(first).next == NONE) offerAt(first).isChosen = 1;
    else if (gatherMembers(first)) solveExactly();
    else takeLargestFirst(first);
  }
}

function rootOf(variant: i32): i32 {
  let at = variant;
  while (variantAt(at).parent != at) {
    const above = variantAt(variantAt(at).parent).parent;
    variantAt(at).parent = above;
    at = above;
  }
  return at;
}

/** Lists the component that starts at `first`, with its conflicts; false if it has too many members for a mask. */
function gatherMembers(first: i32): bool {
  memberCount = 0;
  for (let at = first; at != NONE; at = offerAt(at).next) {
    if (memberCount == MAX_EXACT) return false;
    store<i32>(MEMBERS + (memberCount++ << 2), at);
  }
  for (let m = 0; m < memberCount; m++) {
    const offer = memberAt(m);
    for (let d = 0; d < offer.drawCount; d++)
      variantAt(drawnVariant(offer.firstDraw + d)).wantedBy |= (<u64>1) << m;
  }
  let sum: i64 = 0;
  store<i64>(REMAINING + (memberCount << 3), 0);
  for (let m = memberCount - 1; m >= 0; m--) {
    const offer = memberAt(m);
    let conflicts: u64 = 0;
    for (let d = 0; d < offer.drawCount; d++)
      conflicts |= variantAt(drawnVariant(offer.firstDraw + d)).wantedBy;
    store<u64>(CONFLICTS + (m << 3), conflicts);
    store<i64>(SAVINGS + (m << 3), offer.hundredths);
    sum += offer.hundredths;
    store<i64>(REMAINING + (m << 3), sum);
  }
  return true;
}

function memberAt(member: i32): Offer {
  return offerAt(load<i32>(MEMBERS + (member << 2)));
}

/** Branch and bound: tries "take" before "leave" in descending order of saving, so the first leaf is the greedy set. */
function solveExactly(): void {
  bestHundredths = -1;
  bestMask = 0;
  explore(0, 0, 0, 0);
  for (let m = 0; m < memberCount; m++) memberAt(m).isChosen = <i32>((bestMask >> m) & 1);
}

function explore(from: i32, blocked: u64, taken: u64, hundredths: i64): void {
  let at = from;
  while (true) {
    if (at < memberCount) at += <i32>ctz(~(blocked >> at));
    if (at >= memberCount) {
      if (hundredths > bestHundredths) {
        bestHundredths = hundredths;
        bestMask = taken;
      }
      return;
    }
    const place = at << 3;
    if (hundredths + load<i64>(REMAINING + place) <= bestHundredths) return;
    // The first descent has at most 64 levels, so a complete set exists before the steps can cut it short.
    if (--steps < 0 && bestHundredths >= 0) return;
    explore(
      at + 1,
      blocked | load<u64>(CONFLICTS + place),
      taken | ((<u64>1) << at),
      hundredths + load<i64>(SAVINGS + place),
    );
    at++;
  }
}

function takeLargestFirst(first: i32): void {
  for (let at = first; at != NONE; at = offerAt(at).next) {
    const offer = offerAt(at);
    let isFree = true;
    for (let d = 0; d < offer.drawCount; d++)
      if (variantAt(drawnVariant(offer.firstDraw + d)).isTaken) isFree = false;
    if (!isFree) continue;
    offer.isChosen = 1;
    for (let d = 0; d < offer.drawCount; d++) variantAt(drawnVariant(offer.firstDraw + d)).isTaken = 1;
  }
}
