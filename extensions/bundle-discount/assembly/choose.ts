import { Candidate, candidateAt, candidateCount, drawnVariant, listDraws } from "./candidates";
import { NONE, variantAt, variantCount } from "./cart";

/** Candidates of one component that fit a 64-bit mask, and so the exact search. */
const MAX_EXACT: i32 = 64;
/** Steps of the exact search over the whole cart, about 200 instructions each; when they run out, the best so far stands. */
const MAX_STEPS: i32 = 8_000;

const ORDER: usize = memory.data(8192); // 2048 candidate indices, best first
const MERGED: usize = memory.data(8192);
const MEMBERS: usize = memory.data(256); // 64 candidate indices of the component at hand
const CONFLICTS: usize = memory.data(512); // 64 masks: the members that share a variant with this one, itself included
const REMAINING: usize = memory.data(520); // 65 sums: savings of this member and all later ones

let steps: i32 = 0;
let memberCount: i32 = 0;
let bestHundredths: i64 = 0;
let bestMask: u64 = 0;

/** The candidate at a rank of the falling order of savings. */
export function rankedAt(rank: i32): Candidate {
  return candidateAt(load<i32>(ORDER + (rank << 2)));
}

/**
 * Marks a set of candidates that share no variant and save the shopper the most: weighted set packing, which is NP-hard
 * from three components on, solved group by group, where a group is all offers that compete for the same variants.
 *
 * - Exact for a group of at most 64 offers as long as the steps last: the search tries every set that is not bounded
 *   by what all later offers together could still save.
 * - Never worse than greedy, the largest saving first. The first leaf of the search is the greedy set, since it goes
 *   down in falling order and takes whatever is free; that descent is never cut short; and another leaf replaces it
 *   only by saving more. Of a group of more than 64 offers the greedy set is the answer.
 * - Greedy saves at least 1/k of the most possible, k the most variants that one offer draws from (4 unless any variant
 *   of a product may be part). Proof: give each offer of a best set to the first greedy offer that shares a variant
 *   with it, which exists, because greedy stops only when all are blocked, and saves no less, because it came first.
 *   An offer of k variants meets at most k offers that share none among themselves.
 *
 * Both bounds are over what `findCandidates` found, and before `writeResult` leaves out the smallest savings where a
 * result would be too long for Shopify.
 */
export function chooseCandidates(): void {
  sortBySaving();
  for (let i: u32 = 0; i < candidateCount; i++) {
    const candidate = candidateAt(i);
    const draws = listDraws(candidate);
    const root = rootOf(drawnVariant(0));
    for (let d = 1; d < draws; d++) variantAt(rootOf(drawnVariant(d))).parent = root;
  }
  for (let rank = <i32>candidateCount - 1; rank >= 0; rank--) {
    const index = load<i32>(ORDER + (rank << 2));
    const candidate = candidateAt(index);
    listDraws(candidate);
    const root = variantAt(rootOf(drawnVariant(0)));
    candidate.next = root.firstCandidate;
    root.firstCandidate = index;
  }
  steps = MAX_STEPS;
  for (let i: u32 = 0; i < variantCount; i++) {
    const first = variantAt(i).firstCandidate;
    if (first == NONE) continue;
    if (candidateAt(first).next == NONE) candidateAt(first).isChosen = 1;
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

/** Stable merge sort: equal savings keep the order of the cart, so that one cart always gets one answer. */
function sortBySaving(): void {
  const count = <i32>candidateCount;
  for (let i = 0; i < count; i++) store<i32>(ORDER + (i << 2), i);
  for (let width = 1; width < count; width <<= 1) {
    for (let low = 0; low + width < count; low += width << 1)
      mergeRuns(low, low + width, min(low + (width << 1), count));
  }
}

function mergeRuns(low: i32, middle: i32, high: i32): void {
  let left = low;
  let right = middle;
  for (let out = low; out < high; out++) {
    const isLeft =
      left < middle && (right >= high || rankedAt(left).hundredths >= rankedAt(right).hundredths);
    store<i32>(MERGED + (out << 2), load<i32>(ORDER + ((isLeft ? left++ : right++) << 2)));
  }
  for (let i = low; i < high; i++) store<i32>(ORDER + (i << 2), load<i32>(MERGED + (i << 2)));
}

/** Lists the component that starts at `first` with its conflicts; false when it has more members than a mask holds. */
function gatherMembers(first: i32): bool {
  memberCount = 0;
  for (let at = first; at != NONE; at = candidateAt(at).next) {
    if (memberCount == MAX_EXACT) return false;
    store<i32>(MEMBERS + (memberCount++ << 2), at);
  }
  for (let m = 0; m < memberCount; m++) {
    const draws = listDraws(memberAt(m));
    for (let d = 0; d < draws; d++) variantAt(drawnVariant(d)).wantedBy |= (<u64>1) << m;
  }
  let sum: i64 = 0;
  store<i64>(REMAINING + (memberCount << 3), 0);
  for (let m = memberCount - 1; m >= 0; m--) {
    const candidate = memberAt(m);
    let conflicts: u64 = 0;
    const draws = listDraws(candidate);
    for (let d = 0; d < draws; d++) conflicts |= variantAt(drawnVariant(d)).wantedBy;
    store<u64>(CONFLICTS + (m << 3), conflicts);
    sum += candidate.hundredths;
    store<i64>(REMAINING + (m << 3), sum);
  }
  return true;
}

function memberAt(member: i32): Candidate {
  return candidateAt(load<i32>(MEMBERS + (member << 2)));
}

/** Branch and bound. It tries "take" before "leave" in falling order of saving, so its first answer is the greedy one. */
function solveExactly(): void {
  bestHundredths = -1;
  bestMask = 0;
  explore(0, 0, 0, 0);
  for (let m = 0; m < memberCount; m++) memberAt(m).isChosen = <i32>((bestMask >> m) & 1);
}

function explore(from: i32, blocked: u64, taken: u64, hundredths: i64): void {
  let at = from;
  while (at < memberCount && ((blocked >> at) & 1) != 0) at++;
  if (at == memberCount) {
    if (hundredths > bestHundredths) {
      bestHundredths = hundredths;
      bestMask = taken;
    }
    return;
  }
  if (hundredths + load<i64>(REMAINING + (at << 3)) <= bestHundredths) return;
  // The first descent takes at most 64 steps down, so a full answer exists before the steps can run out on it.
  if (--steps < 0 && bestHundredths >= 0) return;
  const bit = (<u64>1) << at;
  explore(
    at + 1,
    blocked | load<u64>(CONFLICTS + (at << 3)),
    taken | bit,
    hundredths + memberAt(at).hundredths,
  );
  explore(at + 1, blocked, taken, hundredths);
}

function takeLargestFirst(first: i32): void {
  for (let at = first; at != NONE; at = candidateAt(at).next) {
    const candidate = candidateAt(at);
    let isFree = true;
    const draws = listDraws(candidate);
    for (let d = 0; d < draws; d++) if (variantAt(drawnVariant(d)).isTaken) isFree = false;
    if (!isFree) continue;
    candidate.isChosen = 1;
    for (let d = 0; d < draws; d++) variantAt(drawnVariant(d)).isTaken = 1;
  }
}
