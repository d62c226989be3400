/** Lengths of the pieces, boundary marks counted. */
const [SHORTEST, LONGEST] = [3, 5];
/** Pieces are told apart by a hash of so many values: memory is bounded, and two of a shop's seldom collide. */
export const SUB_WORD_BUCKETS = 2 ** 20;

/**
 * The character n-grams of three to five letters of a word between boundary marks, `<word>`, and the marked word itself,
 * each by its hash: "teekanne" and "kanne" share "anne>", "teapot" and "teapots" all but their ends.
 *
 * @param word lower case, without spaces
 * @returns different numbers from 0 to `SUB_WORD_BUCKETS`
 * @see Bojanowski, Grave, Joulin & Mikolov 2017 (fastText) for the pieces; Weinberger, Dasgupta, Langford, Smola &
 *   Attenberg 2009 for hashed features. Known weakness: what collides counts as the same piece
 */
export function toSubWords(word: string): number[] {
  const letters = Array.from(`<${word}>`, (letter) => letter.codePointAt(0)!);
  const hashes = new Set<number>();
  for (let from = 0; from < letters.length; from++) {
    let hash = OFFSET;
    for (let at = from; at < letters.length; at++) {
      hash = Math.imul(hash ^ letters[at]!, PRIME);
      const length = at - from + 1;
      const isWhole = length === letters.length;
      if (isWhole || (length >= SHORTEST && length <= LONGEST)) hashes.add(toBucket(hash));
      if (length >= LONGEST && from > 0) break;
    }
  }
  return [...hashes];
}

/** FNV-1a over code points. */
const [OFFSET, PRIME] = [0x811c9dc5, 0x01000193];

function toBucket(hash: number): number {
  return ((hash ^ (hash >>> 15)) >>> 0) % SUB_WORD_BUCKETS;
}
