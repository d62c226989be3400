import { DAY_MS } from "#app/domain/time.ts";
import { attendNewest, openCosineHead, rowAt, type AttentionWeights } from "./attention-weights.ts";
import type { BehaviourModel, BehaviourQuery } from "#app/domain/behaviour/behaviour-model.ts";

/** Upper bounds of the days since an order, each with a row of its own in `place`; the first row is the basket's. */
const GAP_DAYS = [1, 7, 14, 30, 60, 120, 240, Infinity] as const;
export const HISTORY_PLACES = 1 + GAP_DAYS.length;

/** One order, or the basket: a set, in which nothing comes before anything. */
export interface HistoryToken {
  /** Rows of the items, each once. */
  readonly rows: readonly number[];
  /** Row in `place`. */
  readonly place: number;
}

/**
 * A shopper's newest orders as tokens, the newest last.
 *
 * @param query.atMs when it is asked: the gaps are until then
 * @param rowOf [all items] -1 of an item that is not known; an order of none but such is left out
 * @param most tokens at most
 */
export function toOrderTokens(
  { history, atMs }: Pick<BehaviourQuery, "history" | "atMs">,
  rowOf: Int32Array,
  most: number,
): HistoryToken[] {
  const tokens: HistoryToken[] = [];
  for (let end = history.length; end > 0 && tokens.length < most;) {
    let from = end - 1;
    while (from > 0 && history[from - 1]!.atMs === history[end - 1]!.atMs) from--;
    const items = history.slice(from, end).map(({ item }) => item);
    const days = (atMs - history[from]!.atMs) / DAY_MS;
    const rows = toRows(items, rowOf);
    if (rows.length > 0) tokens.push({ rows, place: 1 + GAP_DAYS.findIndex((bound) => days < bound) });
    end = from;
  }
  return tokens.reverse();
}

/** The basket's token, which comes after those of the orders. */
export function toBasketToken(basket: readonly number[], rowOf: Int32Array): HistoryToken {
  return { rows: toRows(basket, rowOf), place: 0 };
}

function toRows(items: readonly number[], rowOf: Int32Array): number[] {
  const rows = new Set(items.map((item) => rowOf[item]!));
  rows.delete(-1);
  return [...rows];
}

/**
 * A Transformer over a customer's purchases as a model: `P(bought with the basket = i) = softmax_i(cos(u, item_i) / τ)`,
 * u the output at the basket after attention over the orders before it. An order of n items is one token,
 * `Σ item / √n + place`, the place told by the days since.
 *
 * @returns probabilities; items that it does not know have 0. Reuses its memory: not reentrant
 * @see Vaswani et al. 2017; Kang & McAuley 2018 (SASRec) for sequences of purchases, and Yu, Liu, Wu, Wang & Tan 2016
 *   (DREAM) for orders as sets. Known weakness: what it knows of an item it learned from that item's orders alone
 */
export function openHistoryAttention(weights: AttentionWeights): BehaviourModel {
  const { rowOf, width, length, parameters: p } = weights;
  const tellItems = openCosineHead(weights);
  const toInput = ({ rows, place }: HistoryToken): Float32Array => {
    const input = new Float32Array(width);
    for (const row of rows) {
      const item = rowAt(p.item, row, width);
      for (let f = 0; f < width; f++) input[f]! += item[f]! / Math.sqrt(rows.length);
    }
    for (let f = 0; f < width; f++) input[f]! += p.place[place * width + f]!;
    return input;
  };
  return {
    name: "history attention",
    score(query, into) {
      into.fill(0);
      const tokens = [...toOrderTokens(query, rowOf, length - 1), toBasketToken(query.basket, rowOf)];
      tellItems(attendNewest(weights, tokens.map(toInput)), into);
    },
  };
}
