import type { Chance } from "./by-chance.ts";
import { basketsOf, type Occurrences } from "./occurrences.ts";

/** Orders that hold several products of a pool, beside those that would by chance. */
export interface PoolOrders {
  /** [baskets] products of the pool in each. */
  readonly held: Uint16Array;
  /** [baskets] the chance that each holds at least so many. */
  readonly byChance: Float64Array;
}

/**
 * How many products of a pool each order holds, and the chance that it held at least `least` if shoppers filled their
 * orders to their sizes but chose independently among what sells at that time: a Poisson number with the mean `s · q`, s
 * the size of the order and q the pool's share of all lines of its stretch.
 *
 * @param pool indices into `Baskets.items`, each once
 * @see by-chance.ts for the stretches. The Poisson number is the limit of many products that are each rarely bought
 */
export function countPoolOrders(
  occurrences: Occurrences,
  { strata, stratumOf }: Pick<Chance, "strata" | "stratumOf">,
  pool: readonly number[],
  least: number,
): PoolOrders {
  const { baskets, basketOffsets } = occurrences;
  const held = new Uint16Array(baskets);
  for (const item of pool) for (const basket of basketsOf(occurrences, item)) held[basket]! += 1;
  const [lines, own] = [new Float64Array(strata), new Float64Array(strata)];
  for (let basket = 0; basket < baskets; basket++) {
    lines[stratumOf[basket]!]! += basketOffsets[basket + 1]! - basketOffsets[basket]!;
    own[stratumOf[basket]!]! += held[basket]!;
  }
  const byChance = Float64Array.from({ length: baskets }, (_, basket) => {
    const stratum = stratumOf[basket]!;
    const size = basketOffsets[basket + 1]! - basketOffsets[basket]!;
    return lines[stratum] === 0 ? 0 : poissonTail((size * own[stratum]!) / lines[stratum]!, least);
  });
  return { held, byChance };
}

/** The chance of `least` or more where the mean is so much. */
function poissonTail(mean: number, least: number): number {
  let [term, below] = [Math.exp(-mean), 0];
  for (let count = 0; count < least; count++) {
    below += term;
    term *= mean / (count + 1);
  }
  return Math.max(0, 1 - below);
}
