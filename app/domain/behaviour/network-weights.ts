/** A trained network of `relu(W·x + b)` layers, the last one linear. */
export interface NetworkWeights {
  /** Width of the input, of each layer, and of the output, which is 1. */
  readonly layers: readonly number[];
  /** [input] taken off every feature before the first layer. */
  readonly mean: Float32Array;
  /** [input] then multiplied with. */
  readonly inverseDeviation: Float32Array;
  /** For each layer W [from × to] row-major, then b [to]. */
  readonly parameters: readonly Float32Array[];
}

/**
 * The network's output for each row. In plain loops: a query has a few hundred rows, and the trip to a tensor
 * backend and back costs more than the arithmetic.
 *
 * @param x [rows × input]
 * @returns [rows] unbounded; a softmax over one query's rows gives purchase probabilities
 */
export function applyNetwork(
  { layers, mean, inverseDeviation, parameters }: NetworkWeights,
  x: Float32Array,
): Float32Array {
  const inputs = layers[0]!;
  const rows = x.length / inputs;
  let outputs: Float64Array = new Float64Array(x.length);
  for (let at = 0, row = 0; row < rows; row++) {
    for (let i = 0; i < inputs; i++, at++) outputs[at] = (x[at]! - mean[i]!) * inverseDeviation[i]!;
  }
  for (let layer = 1; layer < layers.length; layer++) {
    // Numbers of 64 bits need no conversion at each of the many times that they are read.
    const w = Float64Array.from(parameters[2 * layer - 2]!);
    outputs = multiplyRows(outputs, rows, w, parameters[2 * layer - 1]!);
    if (layer === layers.length - 1) break;
    for (let at = 0; at < outputs.length; at++) if (outputs[at]! < 0) outputs[at] = 0;
  }
  return Float32Array.from(outputs);
}

/** Columns whose sums are held in registers while a row is read once. */
const BLOCK = 4;

/** `x·w + b`: [rows × from] by [from × to], four columns at a time, so that a row is read a quarter as often. */
function multiplyRows(x: Float64Array, rows: number, w: Float64Array, b: Float32Array): Float64Array {
  const to = b.length;
  const from = w.length / to;
  const product = new Float64Array(rows * to);
  let column = 0;
  for (; column + BLOCK <= to; column += BLOCK) {
    const [b1, b2, b3, b4] = [b[column]!, b[column + 1]!, b[column + 2]!, b[column + 3]!];
    for (let row = 0; row < rows; row++) {
      let one = b1;
      let two = b2;
      let three = b3;
      let four = b4;
      for (let at = row * from, end = at + from, weight = column; at < end; at++, weight += to) {
        const value = x[at]!;
        one += value * w[weight]!;
        two += value * w[weight + 1]!;
        three += value * w[weight + 2]!;
        four += value * w[weight + 3]!;
      }
      const into = row * to + column;
      product[into] = one;
      product[into + 1] = two;
      product[into + 2] = three;
      product[into + 3] = four;
    }
  }
  for (; column < to; column++) {
    for (let row = 0; row < rows; row++) {
      let sum = b[column]!;
      for (let i = 0; i < from; i++) sum += x[row * from + i]! * w[i * to + column]!;
      product[row * to + column] = sum;
    }
  }
  return product;
}
