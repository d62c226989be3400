/** A source of uniform numbers in [0, 1). All choices of the simulator come from one, so a seed determines a shop. */
export type Random = () => number;

/**
 * Seeded generator, 32 bits of state.
 * @see mulberry32, Tommy Ettinger 2017. Not for secrets.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A whole number from `low` to `high`, both included. */
export function integerBetween(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** One element of a list that is not empty, each equally likely. */
export function pickOne<T>(random: Random, list: readonly T[]): T {
  const picked = list[Math.floor(random() * list.length)];
  if (picked === undefined) throw new RangeError("nothing to pick from");
  return picked;
}

/**
 * An index drawn in proportion to its weight.
 *
 * @param weights not negative, at least one above zero
 * @throws RangeError if no weight is above zero
 */
export function pickWeighted(random: Random, weights: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < weights.length; index++) total += weights[index]!;
  if (!(total > 0)) throw new RangeError("no weight above zero");
  let left = random() * total;
  let last = 0;
  for (let index = 0; index < weights.length; index++) {
    if (weights[index]! <= 0) continue;
    last = index;
    left -= weights[index]!;
    if (left < 0) return index;
  }
  return last;
}

/** Number of successes before the first failure: 0 with probability `1 - goOn`; mean `goOn / (1 - goOn)`. */
export function geometric(random: Random, goOn: number): number {
  let count = 0;
  while (random() < goOn) count++;
  return count;
}

/** Number of successes in this many trials, by jumping from success to success: fast if the chance is small. */
export function drawCount(random: Random, trials: number, chance: number): number {
  if (chance <= 0) return 0;
  if (chance >= 1) return trials;
  if (chance > 0.5) return trials - drawCount(random, trials, 1 - chance);
  const scale = Math.log(1 - chance);
  let count = 0;
  for (let at = jump(random, scale); at < trials; at += 1 + jump(random, scale)) count++;
  return count;
}

function jump(random: Random, scale: number): number {
  return Math.floor(Math.log(1 - random()) / scale);
}
