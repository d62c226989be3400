import { countBaskets, sliceBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { chooseMeasured } from "./choose-measured.ts";
import { drawCompletionCases, type CompletionCase } from "./completion-cases.ts";
import { strongest } from "#app/domain/behaviour/item-links.ts";
import { measureRanking, type RankedCase, type RankingMeasure } from "./rank-items.ts";
import { openTextLikeness, TEXT_CUTS, type TextCut } from "#app/domain/behaviour/methods/text-similarity.ts";

/** How well one way to cut texts told, from one product of an order, the others. */
export interface TextMeasure {
  readonly cut: TextCut;
  readonly hr10: number;
  readonly ndcg10: number;
  readonly isChosen: boolean;
}

/** Orders that the choice is made on, the newest; fewer than the least, and it would be luck. */
const [MOST_CASES, LEAST_CASES] = [600, 30];
const DEPTH = 10;
const SEED = 1;

/**
 * Whether a shop's titles are best compared by whole words, by pieces of words, or by both: what tells best, from one
 * product of each of its newest orders, the others. Whole words unless another is clearly better. Text knows no order, so
 * to it every product is as new as one that nobody has bought yet.
 *
 * @param baskets those that later comparisons do not measure on
 * @returns every way with its figures; none where there are too few orders, and whole words are to be taken
 */
export function chooseTextCut(baskets: Baskets): TextMeasure[] {
  const { items } = baskets;
  const count = countBaskets(baskets);
  const several = sliceBaskets(baskets, Math.max(0, count - 4 * MOST_CASES), count);
  const drawn = drawCompletionCases(
    several,
    { from: 0, to: countBaskets(several), task: "product", perBasket: 1 },
    (item) => items[item]!.title !== "",
    seededRandom(SEED),
  ).slice(-MOST_CASES);
  if (drawn.length < LEAST_CASES) return [];
  const measures = measure(baskets, drawn);
  const chosen = chooseMeasured(measures, measures[0]!, ({ gains }) => gains);
  return measures.map(({ cut, hr10, ndcg10 }) => ({ cut, hr10, ndcg10, isChosen: cut === chosen.cut }));
}

/** In the order of `TEXT_CUTS`. Both at once are the mean of the two, which are therefore asked once. */
function measure(
  { items }: Baskets,
  cases: readonly CompletionCase[],
): (RankingMeasure & { readonly cut: TextCut })[] {
  const addLikeness = {
    words: openTextLikeness(items, "words"),
    "sub-words": openTextLikeness(items, "sub-words"),
  };
  const row = new Float64Array(items.length);
  const scores = {
    words: new Float32Array(items.length),
    "sub-words": new Float32Array(items.length),
    "words and sub-words": new Float32Array(items.length),
  } satisfies Record<TextCut, Float32Array>;
  const among = [...items.keys()];
  const ranked = TEXT_CUTS.map(() => [] as RankedCase[]);
  for (const { query } of cases) {
    for (const own of Object.values(scores)) own.fill(0);
    for (const cut of ["words", "sub-words"] as const) {
      for (const item of query.basket) {
        for (const partner of addLikeness[cut](item, row)) {
          scores[cut][partner]! += row[partner]!;
          scores["words and sub-words"][partner]! += row[partner]! / 2;
          row[partner] = 0;
        }
      }
    }
    TEXT_CUTS.forEach((cut, at) => {
      for (const item of query.basket) scores[cut][item] = 0;
      // What shares no text has a score of 0, and is no guess.
      const best = strongest(among, scores[cut], DEPTH);
      ranked[at]!.push({ items: best, scores: best.map((item) => scores[cut][item]!) });
    });
  }
  return TEXT_CUTS.map((cut, at) => ({ cut, ...measureRanking(ranked[at]!, cases) }));
}
