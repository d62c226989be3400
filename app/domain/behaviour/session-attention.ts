import type { SessionModel, SessionQuery } from "./session-model.ts";

/**
 * A trained causal Transformer of one layer and one head over the looks of a session. Every matrix is row-major.
 * Names of the parameters, with d the width and h the hidden width: `item` [rows, d], `place` [length, d],
 * `query`, `key` and `value` [d, d], `w1` [d, h], `b1` [h], `w2` [h, d], `b2` [d].
 */
export interface AttentionWeights {
  /** [rows] item of each row of `item`. */
  readonly items: Int32Array;
  /** [all items] row of an item, -1 without one. */
  readonly rowOf: Int32Array;
  readonly width: number;
  readonly hidden: number;
  /** Looks that it reads at most: the newest ones. */
  readonly length: number;
  readonly parameters: Readonly<Record<AttentionParameter, Float32Array>>;
}

export const ATTENTION_PARAMETERS = [
  "item",
  "place",
  "query",
  "key",
  "value",
  "w1",
  "b1",
  "w2",
  "b2",
] as const;
export type AttentionParameter = (typeof ATTENTION_PARAMETERS)[number];

/** Divides the cosines: they span [-1, 1], far too little for a probability among thousands. */
export const TEMPERATURE = 0.08;

/**
 * The Transformer as a model: `P(next = i) = softmax_i(cos(u, item_i) / τ)`, u the output at the newest look. In plain
 * loops, because a session is a few rows and the trip to a tensor backend costs more than the arithmetic.
 *
 * @returns probabilities; items that it does not know have 0
 * @see Kang & McAuley 2018 (SASRec), with the cosine of Hou et al. 2022 (CORE). Reuses its memory: not reentrant
 */
export function openAttention(weights: AttentionWeights): SessionModel {
  const { items, width, parameters } = weights;
  const lengths = Float32Array.from(items, (_, row) => norm(rowAt(parameters.item, row, width)));
  const logits = new Float32Array(items.length);
  return {
    name: "transformer",
    score(query, into) {
      into.fill(0);
      const output = runAttention(weights, query);
      if (output === null) return;
      const scale = 1 / (TEMPERATURE * norm(output));
      let highest = -Infinity;
      for (let row = 0, at = 0; row < logits.length; row++) {
        let dot = 0;
        for (let f = 0; f < width; f++, at++) dot += output[f]! * parameters.item[at]!;
        logits[row] = (dot * scale) / lengths[row]!;
        if (logits[row]! > highest) highest = logits[row]!;
      }
      let total = 0;
      for (let row = 0; row < logits.length; row++) {
        logits[row] = Math.exp(logits[row]! - highest);
        total += logits[row]!;
      }
      items.forEach((item, row) => (into[item] = logits[row]! / total));
    },
  };
}

/** Output [d] at the newest look; null when no look has a row. */
function runAttention(
  { rowOf, width, hidden, length, parameters: p }: AttentionWeights,
  { looks }: SessionQuery,
): Float32Array | null {
  const known: number[] = [];
  for (let at = 0; at < looks.length; at++) {
    const row = rowOf[looks[at]!]!;
    if (row >= 0) known.push(row);
  }
  if (known.length === 0) return null;
  const rows = known.slice(-length);
  const inputs = rows.map((row, place) => {
    const input = rowAt(p.item, row, width).slice();
    for (let f = 0; f < width; f++) input[f]! += p.place[place * width + f]!;
    return input;
  });
  const newest = inputs.at(-1)!;
  const query = multiplyRow(newest, p.query, width);
  const affinities = inputs.map((input) => dotOf(query, multiplyRow(input, p.key, width)) / Math.sqrt(width));
  const highest = Math.max(...affinities);
  const shares = affinities.map((affinity) => Math.exp(affinity - highest));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const attended = newest.slice();
  inputs.forEach((input, place) => {
    const value = multiplyRow(input, p.value, width);
    for (let f = 0; f < width; f++) attended[f]! += (shares[place]! / total) * value[f]!;
  });
  const inner = multiplyRow(attended, p.w1, hidden);
  for (let h = 0; h < hidden; h++) inner[h] = Math.max(0, inner[h]! + p.b1[h]!);
  const outer = multiplyRow(inner, p.w2, width);
  return outer.map((value, f) => value + p.b2[f]! + attended[f]!);
}

function rowAt(matrix: Float32Array, row: number, width: number): Float32Array {
  return matrix.subarray(row * width, (row + 1) * width);
}

/** row · matrix, the matrix [row.length × columns]. */
function multiplyRow(row: Float32Array, matrix: Float32Array, columns: number): Float32Array {
  const product = new Float32Array(columns);
  for (let i = 0, at = 0; i < row.length; i++) {
    for (let j = 0; j < columns; j++, at++) product[j]! += row[i]! * matrix[at]!;
  }
  return product;
}

function dotOf(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

/** √Σx² with a grain against division by 0. */
function norm(values: Float32Array): number {
  return Math.sqrt(dotOf(values, values) + 1e-12);
}
