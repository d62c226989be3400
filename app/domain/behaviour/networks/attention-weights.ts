/**
 * A trained Transformer of one layer and one head over a sequence of tokens. Every matrix is row-major. Names of the
 * parameters, with d the width and h the hidden width: `item` [rows, d], `place` [places, d], `query`, `key` and
 * `value` [d, d], `w1` [d, h], `b1` [h], `w2` [h, d], `b2` [d].
 */
export interface AttentionWeights {
  /** [rows] item of each row of `item`. */
  readonly items: Int32Array;
  /** [all items] row of an item, -1 without one. */
  readonly rowOf: Int32Array;
  readonly width: number;
  readonly hidden: number;
  /** Tokens that it reads at most: the newest ones. */
  readonly length: number;
  readonly parameters: AttentionParameters;
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
export type AttentionParameters = Readonly<Record<AttentionParameter, Float32Array>>;

/** Divides the cosines: they span [-1, 1], far too little for a probability among thousands. */
export const TEMPERATURE = 0.08;

/**
 * Output [d] of the layer at the newest token. In plain loops, because a sequence is a few rows and the trip to a tensor
 * backend costs more than the arithmetic.
 *
 * @param inputs tokens [d] in order of time, the newest last; at least one
 */
export function attendNewest(
  { width, hidden, parameters: p }: AttentionWeights,
  inputs: readonly Float32Array[],
): Float32Array {
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

/**
 * Tells the probability of each item from an output: `P(i) = softmax_i(cos(u, item_i) / τ)`.
 *
 * @returns writes into `into` [all items]; items without a row keep what they have there. Reuses its memory
 */
export function openCosineHead({
  items,
  width,
  parameters,
}: AttentionWeights): (output: Float32Array, into: Float32Array) => void {
  const lengths = Float32Array.from(items, (_, row) => norm(rowAt(parameters.item, row, width)));
  const logits = new Float32Array(items.length);
  return (output, into) => {
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
  };
}

/** One row of a matrix, in its memory. */
export function rowAt(matrix: Float32Array, row: number, width: number): Float32Array {
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
