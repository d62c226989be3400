import type { Item } from "#app/domain/prepare/baskets.ts";
import { ItemLinksBuilder, type ItemLinks } from "#app/domain/behaviour/item-links.ts";

/** Partners kept per item. */
const MOST_PARTNERS = 100;
/** Weight of a category's word relative to a title's. */
const CATEGORY_WEIGHT = 0.5;
/** A word in a larger share of the titles is ignored: it says nothing and costs most of the time. */
const MOST_TERM_RATIO = 0.1;
/** A word in at most this many titles always counts, even in a small catalogue. */
const LEAST_TITLES = 20;
/** A piece in more titles is ignored. A count, not a share, so that time grows linearly with the titles. */
const MOST_TITLES_OF_PIECE = 400;

/**
 * Text similarity of items: the mean of two cosines, one over words and one over pieces of words. Each is `Σ tf·idf²`
 * over shared terms, with each item scaled to length 1. Pieces match compounds that a language joins. A word of n
 * pieces gives each `1/√n` of its weight, so that long words weigh no more than short ones.
 *
 * @param pause awaited now and then: a hundred thousand titles take minutes. What it throws ends the work
 * @returns links with weights in (0, 1]; an item without text has none
 * @see Salton & Buckley 1988. Covers products that nobody has bought yet. Known weakness: equal titles of different
 *   things, and synonyms
 */
export async function linkByText(items: readonly Item[], pause?: () => Promise<void>): Promise<ItemLinks> {
  const mostTitles = Math.max(LEAST_TITLES, MOST_TERM_RATIO * items.length);
  const parts = [
    weighTerms(listTerms(items, toWordTerms), mostTitles),
    weighTerms(listTerms(items, openPieces()), MOST_TITLES_OF_PIECE),
  ];
  const links = new ItemLinksBuilder(items.length, MOST_PARTNERS);
  const row = new Float64Array(items.length);
  for (let item = 0; item < items.length; item++) {
    if (item % 64 === 63) await pause?.();
    const touched: number[] = [];
    for (const { terms, weights, postings } of parts) {
      terms[item]!.forEach((term, position) => {
        const weight = weights[item]![position]! / parts.length;
        const posting = postings[term]!;
        for (let at = 0; at < posting.items.length; at++) {
          const partner = posting.items[at]!;
          if (partner === item) continue;
          if (row[partner] === 0) touched.push(partner);
          row[partner]! += weight * posting.weights[at]!;
        }
      });
    }
    links.addRow(touched, row);
    for (const partner of touched) row[partner] = 0;
  }
  return links.finish();
}

/** Words of at least two letters or digits, in lower case, without the plural s. */
export function toWords(text: string): string[] {
  return listWords(text).map((word) =>
    word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word,
  );
}

function listWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [];
}

/** Splits a text into weighted terms. */
type ToTerms = (text: string) => readonly (readonly [term: string | number, weight: number])[];

const toWordTerms: ToTerms = (text) => toWords(text).map((word) => [word, 1] as const);

/** Keeps the plural s: the pieces already match singular and plural. */
function openPieces(): ToTerms {
  const piecesOf = new Map<string, (readonly [number, number])[]>();
  const cutWord = (word: string) => {
    const pieces = toSubWords(word);
    return pieces.map((piece) => [piece, 1 / Math.sqrt(pieces.length)] as const);
  };
  return (text) =>
    listWords(text).flatMap((word) => {
      const known = piecesOf.get(word) ?? cutWord(word);
      piecesOf.set(word, known);
      return known;
    });
}

/** [items] the weight of each term, the largest if several words give it. Terms are numbered from 0. */
function listTerms(items: readonly Item[], toTerms: ToTerms) {
  const numberOf = new Map<string | number, number>();
  const ofCategory = new Map<string | number, number>();
  let count = 0;
  const number = (numbers: Map<string | number, number>, term: string | number) => {
    let known = numbers.get(term);
    if (known === undefined) numbers.set(term, (known = count++));
    return known;
  };
  const terms = items.map(({ title, category }) => {
    const own = new Map<number, number>();
    const add = (numbers: Map<string | number, number>, text: string, factor: number) => {
      for (const [term, weight] of toTerms(text)) {
        const at = number(numbers, term);
        own.set(at, Math.max(own.get(at) ?? 0, factor * weight));
      }
    };
    add(numberOf, title, 1);
    add(ofCategory, category, CATEGORY_WEIGHT);
    return own;
  });
  return { terms, count };
}

function weighTerms({ terms: counted, count }: ReturnType<typeof listTerms>, mostTitles: number) {
  const documents = new Uint32Array(count);
  for (const own of counted) for (const term of own.keys()) documents[term]! += 1;
  const postings = Array.from({ length: count }, () => ({ items: [] as number[], weights: [] as number[] }));
  const weights: number[][] = [];
  const terms = counted.map((own, item) => {
    const kept = [...own.keys()].filter((term) => documents[term]! <= mostTitles);
    const raw = kept.map(
      (term) => own.get(term)! * Math.log((counted.length + 1) / (documents[term]! + 0.5)),
    );
    const length = Math.sqrt(raw.reduce((sum, weight) => sum + weight * weight, 0)) || 1;
    weights[item] = raw.map((weight) => weight / length);
    kept.forEach((term, position) => {
      postings[term]!.items.push(item);
      postings[term]!.weights.push(weights[item]![position]!);
    });
    return kept;
  });
  return { terms, weights, postings };
}

/** Lengths of the pieces, including boundary marks. */
const [SHORTEST, LONGEST] = [3, 5];
/** Pieces are hashed into this many buckets: memory is bounded, and collisions within a shop are rare. */
export const SUB_WORD_BUCKETS = 2 ** 20;

/**
 * The character n-grams of length three to five of `<word>`, with its boundary marks, and the marked word itself, each
 * hashed: "teekanne" and "kanne" share "anne>"; "teapot" and "teapots" share all but their ends.
 *
 * @param word lower case, without spaces
 * @returns distinct numbers from 0 up to but excluding `SUB_WORD_BUCKETS`
 * @see Bojanowski, Grave, Joulin & Mikolov 2017 (fastText) for the pieces; Weinberger, Dasgupta, Langford, Smola &
 *   Attenberg 2009 for hashed features. Known weakness: colliding pieces count as the same piece
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
