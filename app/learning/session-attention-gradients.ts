import {
  add,
  concat,
  div,
  gather,
  gatherND,
  logSoftmax,
  matMul,
  mul,
  neg,
  ones,
  range,
  relu,
  reshape,
  scatterND,
  slice,
  softmax,
  sqrt,
  square,
  stack,
  step,
  sub,
  sum,
  tensor1d,
  tensor2d,
  tile,
  transpose,
  zeros,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from "@tensorflow/tfjs-core";
import { TEMPERATURE, type AttentionParameter } from "#app/domain/behaviour/session-attention.ts";

export type AttentionTensors = Readonly<Record<AttentionParameter, Tensor>>;

/** Sessions of one length, so that nothing is padded. */
export interface AttentionBatch {
  readonly sessions: number;
  /** Looks of each that are read. */
  readonly length: number;
  /** [sessions × length] row of each look. */
  readonly looks: Int32Array;
  /** [sessions × length] row of the look after it. */
  readonly next: Int32Array;
}

/** All that the way back needs of the way there. n looks = sessions · length, d width, h hidden, r rows. */
interface Pass {
  readonly input: Tensor2D; // [n, d]
  readonly q: Tensor3D; // [sessions, length, d]
  readonly k: Tensor3D;
  readonly v: Tensor3D;
  readonly shares: Tensor3D; // [sessions, length, length]
  readonly attended: Tensor2D; // [n, d]
  readonly inner: Tensor2D; // [n, h]
  readonly unit: Tensor2D; // [n, d] outputs of length 1
  readonly outputLength: Tensor2D; // [n, 1]
  readonly unitItems: Tensor2D; // [r, d] items of length 1
  readonly itemLength: Tensor2D; // [r, 1]
  readonly logits: Tensor2D; // [n, r]
}

function runForward(p: AttentionTensors, batch: AttentionBatch, keep: Tensor2D | null): Pass {
  const { sessions, length } = batch;
  const [rows, width] = p.item.shape as [number, number];
  const cube = (flat: Tensor2D) => reshape(flat, [sessions, length, width]) as Tensor3D;
  const flat = (deep: Tensor3D) => reshape(deep, [sessions * length, width]) as Tensor2D;
  const places = tile(slice(p.place as Tensor2D, [0, 0], [length, width]), [sessions, 1]);
  const looked = add(gather(p.item, tensor1d(batch.looks, "int32")), places) as Tensor2D;
  const input = keep === null ? looked : (mul(looked, keep) as Tensor2D);
  const q = cube(matMul(input, p.query as Tensor2D));
  const k = cube(matMul(input, p.key as Tensor2D));
  const v = cube(matMul(input, p.value as Tensor2D));
  const affinities = div(matMul(q, transpose(k, [0, 2, 1])), Math.sqrt(width));
  const shares = softmax(add(affinities, maskFuture(length))) as Tensor3D;
  const attended = add(input, flat(matMul(shares, v) as Tensor3D)) as Tensor2D;
  const inner = relu(add(matMul(attended, p.w1 as Tensor2D), p.b1)) as Tensor2D;
  const output = add(attended, add(matMul(inner, p.w2 as Tensor2D), p.b2)) as Tensor2D;
  const outputLength = lengthOf(output);
  const unit = div(output, outputLength) as Tensor2D;
  const itemLength = lengthOf(p.item as Tensor2D);
  const unitItems = div(p.item, itemLength) as Tensor2D;
  const cosines = matMul(unit, transpose(unitItems)); // [n, r]
  const logits = reshape(div(cosines, TEMPERATURE), [sessions * length, rows]) as Tensor2D;
  return { input, q, k, v, shares, attended, inner, unit, outputLength, unitItems, itemLength, logits };
}

/** Cross-entropy of each next look, nats: [sessions · length]. */
export function attentionLosses(p: AttentionTensors, batch: AttentionBatch): Tensor1D {
  const { logits } = runForward(p, batch, null);
  return neg(gatherND(logSoftmax(logits), placesOf(batch.next))) as Tensor1D;
}

/**
 * The gradient of the mean cross-entropy by every parameter, written out: TensorFlow.js's own multiplies transposed
 * operands, for which WebAssembly's kernel is 30 times slower, lacks the gradient of `gather` there, and tfjs-core
 * alone registers none. A test compares it with differences of the loss. Nothing is read back on the way, which
 * WebGPU could not do outside a browser without waiting. Known weakness: a graphics card adds the looks of one item in
 * no fixed order, so that two trainings there differ by rounding.
 *
 * @param keep [looks, width] what dropout leaves of the input, scaled to keep its mean; null without dropout
 */
export function attentionGradients(
  p: AttentionTensors,
  batch: AttentionBatch,
  keep: Tensor2D | null,
): Record<AttentionParameter, Tensor> {
  const { sessions, length } = batch;
  const [rows, width] = p.item.shape as [number, number];
  const count = sessions * length;
  const pass = runForward(p, batch, keep);
  const cube = (flat: Tensor) => reshape(flat, [sessions, length, width]) as Tensor3D;
  const flat = (deep: Tensor) => reshape(deep, [count, width]) as Tensor2D;

  const excess = probabilitiesMinusNext(pass.logits, batch.next, count); // [n, r]
  const byUnit = matMul(excess, pass.unitItems) as Tensor2D; // [n, d]
  const byUnitItems = transpose(matMul(transpose(pass.unit), excess)) as Tensor2D; // [r, d]
  const byOutput: Tensor2D = throughLength(byUnit, pass.unit, pass.outputLength); // [n, d]

  const byInner = mul(matMul(byOutput, transpose(p.w2)), step(pass.inner)) as Tensor2D; // [n, h]
  const byAttended = add(byOutput, matMul(byInner, transpose(p.w1))) as Tensor2D; // [n, d]

  const byMix = cube(byAttended);
  const byV = matMul(transpose(pass.shares, [0, 2, 1]), byMix);
  const byShares = matMul(byMix, transpose(pass.v, [0, 2, 1])); // [sessions, length, length]
  const centred = sub(byShares, sum(mul(byShares, pass.shares), 2, true));
  const byAffinity = div(mul(pass.shares, centred), Math.sqrt(width));
  const byQ = flat(matMul(byAffinity, pass.k));
  const byK = flat(matMul(transpose(byAffinity, [0, 2, 1]), pass.q));
  const byVFlat = flat(byV);
  const inputT = transpose(pass.input);
  const throughAttention = add(
    add(matMul(byQ, transpose(p.query)), matMul(byK, transpose(p.key))),
    matMul(byVFlat, transpose(p.value)),
  );
  const byInput = add(byAttended, throughAttention); // [n, d]
  const byLook = (keep === null ? byInput : mul(byInput, keep)) as Tensor2D;

  const byPlace = sum(cube(byLook), 0) as Tensor2D; // [length, d]
  const unread = p.place.shape[0]! - length;
  return {
    item: add(
      throughLength(byUnitItems, pass.unitItems, pass.itemLength),
      scatterRows(byLook, batch.looks, rows),
    ),
    place: unread > 0 ? concat([byPlace, zeros<Rank.R2>([unread, width])], 0) : byPlace,
    query: matMul(inputT, byQ),
    key: matMul(inputT, byK),
    value: matMul(inputT, byVFlat),
    w1: matMul(transpose(pass.attended), byInner),
    b1: sum(byInner, 0),
    w2: matMul(transpose(pass.inner), byOutput),
    b2: sum(byOutput, 0),
  };
}

/** `(softmax − one-hot) / (count · τ)`. */
function probabilitiesMinusNext(logits: Tensor2D, next: Int32Array, count: number): Tensor2D {
  const came = scatterND(placesOf(next), ones([count]), logits.shape);
  return div(sub(softmax(logits), came), count * TEMPERATURE) as Tensor2D;
}

/** Of each look the place in `logits` of the look after it: [looks, 2]. */
function placesOf(next: Int32Array): Tensor2D {
  return stack([range(0, next.length, 1, "int32"), tensor1d(next, "int32")], 1) as Tensor2D;
}

/** The gradient by x, given the one by x/|x|: what lies along x changes nothing. */
function throughLength(byUnit: Tensor2D, unit: Tensor2D, length: Tensor2D): Tensor2D {
  const along = sum(mul(byUnit, unit), 1, true);
  return div(sub(byUnit, mul(unit, along)), length) as Tensor2D;
}

function lengthOf(rows: Tensor2D): Tensor2D {
  return sqrt(add(sum(square(rows), 1, true), 1e-12)) as Tensor2D;
}

/** [length, length] 0 for looks up to one's own, a large negative number for those after it. */
function maskFuture(length: number): Tensor2D {
  const values = Float32Array.from({ length: length * length }, (_, at) =>
    at % length > Math.floor(at / length) ? -1e9 : 0,
  );
  return tensor2d(values, [length, length]);
}

/** Row `rowOf[i]` of the result is the sum of all rows i of `values` that name it. */
function scatterRows(values: Tensor2D, rowOf: Int32Array, rows: number): Tensor2D {
  const indices = tensor2d(rowOf, [rowOf.length, 1], "int32");
  return scatterND(indices, values, [rows, values.shape[1]]) as Tensor2D;
}
