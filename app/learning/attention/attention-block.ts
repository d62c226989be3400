import {
  add,
  div,
  matMul,
  mul,
  relu,
  reshape,
  scatterND,
  softmax,
  sqrt,
  square,
  step,
  sub,
  sum,
  tensor2d,
  transpose,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from "@tensorflow/tfjs-core";
import { TEMPERATURE, type AttentionParameter } from "#app/domain/behaviour/networks/attention-weights.ts";

export type AttentionTensors = Readonly<Record<AttentionParameter, Tensor>>;

/** Sequences of one length, so that nothing is padded: n = sequences · length tokens. */
interface Sequences {
  readonly sequences: number;
  readonly length: number;
}

/** All that the way back through the block needs. d width, h hidden. */
interface BlockPass extends Sequences {
  readonly input: Tensor2D; // [n, d]
  readonly q: Tensor3D; // [sequences, length, d]
  readonly k: Tensor3D;
  readonly v: Tensor3D;
  readonly shares: Tensor3D; // [sequences, length, length]
  readonly attended: Tensor2D; // [n, d]
  readonly inner: Tensor2D; // [n, h]
  readonly output: Tensor2D; // [n, d]
}

type BlockParameter = Exclude<AttentionParameter, "item" | "place">;

/** One causal layer with one head: attention, then a hidden layer, each added to what went in. */
export function runBlock(p: AttentionTensors, input: Tensor2D, { sequences, length }: Sequences): BlockPass {
  const width = input.shape[1];
  const cube = (flat: Tensor2D) => reshape(flat, [sequences, length, width]) as Tensor3D;
  const flat = (deep: Tensor3D) => reshape(deep, [sequences * length, width]) as Tensor2D;
  const q = cube(matMul(input, p.query as Tensor2D));
  const k = cube(matMul(input, p.key as Tensor2D));
  const v = cube(matMul(input, p.value as Tensor2D));
  const affinities = div(matMul(q, transpose(k, [0, 2, 1])), Math.sqrt(width));
  const shares = softmax(add(affinities, maskFuture(length))) as Tensor3D;
  const attended = add(input, flat(matMul(shares, v) as Tensor3D)) as Tensor2D;
  const inner = relu(add(matMul(attended, p.w1 as Tensor2D), p.b1)) as Tensor2D;
  const output = add(attended, add(matMul(inner, p.w2 as Tensor2D), p.b2)) as Tensor2D;
  return { sequences, length, input, q, k, v, shares, attended, inner, output };
}

/**
 * The gradients by the block's parameters and by its input, written out: TensorFlow.js's own multiplies transposed
 * operands, for which WebAssembly's kernel is 30 times slower, and tfjs-core alone registers none.
 *
 * @param byOutput [n, d]
 */
export function throughBlock(
  p: AttentionTensors,
  pass: BlockPass,
  byOutput: Tensor2D,
): { readonly byInput: Tensor2D; readonly gradients: Record<BlockParameter, Tensor> } {
  const { sequences, length } = pass;
  const width = pass.input.shape[1];
  const cube = (flat: Tensor) => reshape(flat, [sequences, length, width]) as Tensor3D;
  const flat = (deep: Tensor) => reshape(deep, [sequences * length, width]) as Tensor2D;

  const byInner = mul(matMul(byOutput, transpose(p.w2)), step(pass.inner)) as Tensor2D; // [n, h]
  const byAttended = add(byOutput, matMul(byInner, transpose(p.w1))) as Tensor2D; // [n, d]

  const byMix = cube(byAttended);
  const byV = flat(matMul(transpose(pass.shares, [0, 2, 1]), byMix));
  const byShares = matMul(byMix, transpose(pass.v, [0, 2, 1])); // [sequences, length, length]
  const centred = sub(byShares, sum(mul(byShares, pass.shares), 2, true));
  const byAffinity = div(mul(pass.shares, centred), Math.sqrt(width));
  const byQ = flat(matMul(byAffinity, pass.k));
  const byK = flat(matMul(transpose(byAffinity, [0, 2, 1]), pass.q));
  const inputT = transpose(pass.input);
  const throughAttention = add(
    add(matMul(byQ, transpose(p.query)), matMul(byK, transpose(p.key))),
    matMul(byV, transpose(p.value)),
  );
  return {
    byInput: add(byAttended, throughAttention), // [n, d]
    gradients: {
      query: matMul(inputT, byQ),
      key: matMul(inputT, byK),
      value: matMul(inputT, byV),
      w1: matMul(transpose(pass.attended), byInner),
      b1: sum(byInner, 0),
      w2: matMul(transpose(pass.inner), byOutput),
      b2: sum(byOutput, 0),
    },
  };
}

/** All that the way back from the logits needs. m outputs, r rows of items. */
interface HeadPass {
  readonly unit: Tensor2D; // [m, d] outputs of length 1
  readonly outputLength: Tensor2D; // [m, 1]
  readonly unitItems: Tensor2D; // [r, d] items of length 1
  readonly itemLength: Tensor2D; // [r, 1]
  readonly logits: Tensor2D; // [m, r]
}

/** Cosine of each output [m, d] with every item [r, d], over the temperature. */
export function runHead(item: Tensor2D, output: Tensor2D): HeadPass {
  const outputLength = lengthOf(output);
  const unit = div(output, outputLength) as Tensor2D;
  const itemLength = lengthOf(item);
  const unitItems = div(item, itemLength) as Tensor2D;
  const logits = div(matMul(unit, transpose(unitItems)), TEMPERATURE) as Tensor2D;
  return { unit, outputLength, unitItems, itemLength, logits };
}

/** The gradients by the outputs and the items, given the one by the cosines over the temperature [m, r]. */
export function throughHead(
  { unit, outputLength, unitItems, itemLength }: HeadPass,
  byLogit: Tensor2D,
): { readonly byOutput: Tensor2D; readonly byItem: Tensor2D } {
  const byCosine = div(byLogit, TEMPERATURE) as Tensor2D;
  const byUnit = matMul(byCosine, unitItems) as Tensor2D; // [m, d]
  const byUnitItems = transpose(matMul(transpose(unit), byCosine)) as Tensor2D; // [r, d]
  return {
    byOutput: throughLength(byUnit, unit, outputLength),
    byItem: throughLength(byUnitItems, unitItems, itemLength),
  };
}

/** The gradient by x, given the one by x/|x|: what lies along x changes nothing. */
function throughLength(byUnit: Tensor2D, unit: Tensor2D, length: Tensor2D): Tensor2D {
  const along = sum(mul(byUnit, unit), 1, true);
  return div(sub(byUnit, mul(unit, along)), length) as Tensor2D;
}

function lengthOf(rows: Tensor2D): Tensor2D {
  return sqrt(add(sum(square(rows), 1, true), 1e-12)) as Tensor2D;
}

/** [length, length] 0 for tokens up to one's own, a large negative number for those after it. */
function maskFuture(length: number): Tensor2D {
  const values = Float32Array.from({ length: length * length }, (_, at) =>
    at % length > Math.floor(at / length) ? -1e9 : 0,
  );
  return tensor2d(values, [length, length]);
}

/** Row `rowOf[i]` of the result is the sum of all rows i of `values` that name it. */
export function scatterRows(values: Tensor2D, rowOf: Int32Array, rows: number): Tensor2D {
  const indices = tensor2d(rowOf, [rowOf.length, 1], "int32");
  return scatterND(indices, values, [rows, values.shape[1]]) as Tensor2D;
}
