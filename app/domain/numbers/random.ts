/** A source of uniform numbers in [0, 1). Passed in, so that every random choice is reproducible from a seed. */
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

/** One draw of N(0, 1). @see Box & Muller 1958 */
export function normalDraw(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Shuffles a list in place, every order equally likely, and returns it. @see Fisher & Yates 1938 */
export function shuffleInPlace<L extends { readonly length: number; [place: number]: unknown }>(
  list: L,
  random: Random,
): L {
  const places: { [place: number]: unknown } = list;
  for (let at = list.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [places[at], places[other]] = [places[other], places[at]];
  }
  return list;
}
