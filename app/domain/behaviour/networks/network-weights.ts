/** A trained network of `relu(W·x + b)` layers, the last one linear. */
export interface NetworkWeights {
  /** Widths of the input, of each layer and of the output, which is 1. */
  readonly layers: readonly number[];
  /** [input] subtracted from every feature before the first layer. */
  readonly mean: Float32Array;
  /** [input] factor applied after that. */
  readonly inverseDeviation: Float32Array;
  /** For each layer W [from × to] row-major, then b [to]. */
  readonly parameters: readonly Float32Array[];
}

/** Block size in columns and rows: the sums of a block stay in registers while its inputs are read once. */
const COLUMNS = 4;
const ROWS = 2;

/** A layer's numbers in reading order. 64 bits, so that none is converted on each use. */
interface Layer {
  readonly from: number;
  /** [blocks × from × COLUMNS] columns beyond the layer's width are 0 */
  readonly weights: Float64Array;
  /** [blocks × COLUMNS] */
  readonly bias: Float64Array;
}

/**
 * Opens a network for repeated inference. It uses plain loops: a query has a few hundred rows, and a round trip to a
 * tensor backend costs more than the arithmetic. Inputs that all rows share, such as the basket's features, pass the
 * first layer once.
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
  const [firstW, firstB] = [parameters[0]!, parameters[1]!];
  const later = widths.slice(2).map((_, at) => packLayer(parameters[2 * at + 2]!, parameters[2 * at + 3]!));
  const inputs = widths[0]!;
  const scale = (value: number, input: number) => (value - mean[input]!) * inverseDeviation[input]!;
  return (x) => {
    const rows = x.length / inputs;
    if (rows === 0) return new Float32Array(0);
    const varying = listVarying(x, inputs);
    const first = packLayer(firstW, foldShared(x, varying, { scale, w: firstW, b: firstB }), varying);
    const paddedRows = Math.ceil(rows / ROWS) * ROWS;
    let values: Float64Array = new Float64Array(paddedRows * varying.length);
    for (let at = 0, row = 0; row < rows; row++) {
      for (const input of varying) values[at++] = scale(x[row * inputs + input]!, input);
    }
    let width = varying.length;
    [first, ...later].forEach((layer, at) => {
      values = multiplyRows(values, { rows: paddedRows, stride: width }, layer);
      width = layer.bias.length;
      if (at === later.length) return;
      for (let i = 0; i < values.length; i++) if (values[i]! < 0) values[i] = 0;
    });
    return Float32Array.from({ length: rows }, (_, row) => values[row * width]!);
  };
}

/** The inputs that differ between rows. */
function listVarying(x: Float32Array, inputs: number): number[] {
  const varying: number[] = [];
  for (let input = 0; input < inputs; input++) {
    const shared = x[input]!;
    for (let at = input + inputs; at < x.length; at += inputs) {
      if (x[at] === shared) continue;
      varying.push(input);
      break;
    }
  }
  return varying;
}

/** The part of the first layer that all rows share: the bias and the shared inputs. */
function foldShared(
  x: Float32Array,
  varying: readonly number[],
  { scale, w, b }: { scale(value: number, input: number): number; w: Float32Array; b: Float32Array },
): Float64Array {
  const to = b.length;
  const folded = Float64Array.from(b);
  for (let input = 0, next = 0; input * to < w.length; input++) {
    if (varying[next] === input) {
      next++;
      continue;
    }
    const value = scale(x[input]!, input);
    for (let column = 0; column < to; column++) folded[column]! += value * w[input * to + column]!;
  }
  return folded;
}

/** @param w [inputs × to] row-major. @param inputs those to read; all by default */
function packLayer(
  w: Float32Array,
  b: ArrayLike<number>,
  inputs: readonly number[] = [...Array(w.length / b.length).keys()],
): Layer {
  const to = b.length;
  const from = inputs.length;
  const blocks = Math.ceil(to / COLUMNS);
  const weights = new Float64Array(blocks * from * COLUMNS);
  const bias = new Float64Array(blocks * COLUMNS);
  bias.set(b);
  for (let i = 0; i < from; i++) {
    for (let column = 0; column < to; column++) {
      const block = Math.floor(column / COLUMNS);
      weights[(block * from + i) * COLUMNS + (column % COLUMNS)] = w[inputs[i]! * to + column]!;
    }
  }
  return { from, weights, bias };
}

/** `x·w + b`: [rows × stride], using the first `from` columns, by [from × to]; rows are a multiple of `ROWS`. */
function multiplyRows(
  x: Float64Array,
  { rows, stride }: { rows: number; stride: number },
  { from, weights, bias }: Layer,
): Float64Array {
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
