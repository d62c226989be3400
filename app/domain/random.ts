/** A source of uniform numbers in [0, 1). Passed in, so that every random choice follows from a seed. */
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
