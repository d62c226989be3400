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
  const output = new Float32Array(rows);
  const widest = Math.max(...layers);
  let from = new Float32Array(widest);
  let to = new Float32Array(widest);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < inputs; i++) from[i] = (x[row * inputs + i]! - mean[i]!) * inverseDeviation[i]!;
    for (let layer = 1; layer < layers.length; layer++) {
      const [width, next] = [layers[layer - 1]!, layers[layer]!];
      const w = parameters[2 * (layer - 1)]!;
      to.set(parameters[2 * layer - 1]!);
      for (let i = 0; i < width; i++) {
        const value = from[i]!;
        if (value === 0) continue;
        for (let j = 0, at = i * next; j < next; j++, at++) to[j]! += value * w[at]!;
      }
      if (layer < layers.length - 1) for (let j = 0; j < next; j++) if (to[j]! < 0) to[j] = 0;
      [from, to] = [to, from];
    }
    output[row] = from[0]!;
  }
  return output;
}
