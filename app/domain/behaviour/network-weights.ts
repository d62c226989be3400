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

/** Columns, and rows, whose sums are held in registers while the numbers of both are read once. */
const COLUMNS = 4;
const ROWS = 2;

/** A layer's numbers in the order in which they are read. Of 64 bits, so that none is converted at each of many times. */
interface Layer {
  readonly from: number;
  /** [blocks × from × COLUMNS] columns beyond the layer's width are 0 */
  readonly weights: Float64Array;
  /** [blocks × COLUMNS] */
  readonly bias: Float64Array;
}

/**
 * Opens a network to be asked many times. In plain loops: a query has a few hundred rows, and the trip to a tensor
 * backend and back costs more than the arithmetic.
 *
 * @returns a function from x [rows × input] to [rows]: unbounded; a softmax over one query's rows gives purchase
 *   probabilities
 */
export function openNetwork({
  layers: widths,
  mean,
  inverseDeviation,
  parameters,
}: NetworkWeights): (x: Float32Array) => Float32Array {
  const layers = widths.slice(1).map((_, at) => packLayer(parameters[2 * at]!, parameters[2 * at + 1]!));
  const inputs = widths[0]!;
  return (x) => {
    const rows = x.length / inputs;
    let values: Float64Array = new Float64Array(Math.ceil(rows / ROWS) * ROWS * inputs);
    for (let at = 0, row = 0; row < rows; row++) {
      for (let i = 0; i < inputs; i++, at++) values[at] = (x[at]! - mean[i]!) * inverseDeviation[i]!;
    }
    let stride = inputs;
    layers.forEach((layer, at) => {
      values = multiplyRows(values, stride, layer);
      stride = layer.bias.length;
      if (at === layers.length - 1) return;
      for (let i = 0; i < values.length; i++) if (values[i]! < 0) values[i] = 0;
    });
    return Float32Array.from({ length: rows }, (_, row) => values[row * stride]!);
  };
}

/** @param w [from × to] row-major */
function packLayer(w: Float32Array, b: Float32Array): Layer {
  const to = b.length;
  const from = w.length / to;
  const blocks = Math.ceil(to / COLUMNS);
  const weights = new Float64Array(blocks * from * COLUMNS);
  const bias = new Float64Array(blocks * COLUMNS);
  bias.set(b);
  for (let i = 0; i < from; i++) {
    for (let column = 0; column < to; column++) {
      const block = Math.floor(column / COLUMNS);
      weights[(block * from + i) * COLUMNS + (column % COLUMNS)] = w[i * to + column]!;
    }
  }
  return { from, weights, bias };
}

/** `x·w + b`: [rows × stride], of which the first `from` columns count, by [from × to]; rows are a multiple of `ROWS`. */
function multiplyRows(x: Float64Array, stride: number, { from, weights, bias }: Layer): Float64Array {
  const rows = x.length / stride;
  const to = bias.length;
  const product = new Float64Array(rows * to);
  for (let column = 0; column < to; column += COLUMNS) {
    const [b1, b2, b3, b4] = [bias[column]!, bias[column + 1]!, bias[column + 2]!, bias[column + 3]!];
    const start = column * from;
    const end = start + from * COLUMNS;
    for (let row = 0; row < rows; row += ROWS) {
      let [upper1, upper2, upper3, upper4] = [b1, b2, b3, b4];
      let [lower1, lower2, lower3, lower4] = [b1, b2, b3, b4];
      let upper = row * stride;
      let lower = upper + stride;
      for (let at = start; at < end; at += COLUMNS) {
        const above = x[upper++]!;
        const below = x[lower++]!;
        const w1 = weights[at]!;
        const w2 = weights[at + 1]!;
        const w3 = weights[at + 2]!;
        const w4 = weights[at + 3]!;
        upper1 += above * w1;
        upper2 += above * w2;
        upper3 += above * w3;
        upper4 += above * w4;
        lower1 += below * w1;
        lower2 += below * w2;
        lower3 += below * w3;
        lower4 += below * w4;
      }
      const into = row * to + column;
      product[into] = upper1;
      product[into + 1] = upper2;
      product[into + 2] = upper3;
      product[into + 3] = upper4;
      product[into + to] = lower1;
      product[into + to + 1] = lower2;
      product[into + to + 2] = lower3;
      product[into + to + 3] = lower4;
    }
  }
  return product;
}
