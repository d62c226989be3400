import {
  add,
  concat,
  div,
  gather,
  gatherND,
  logSoftmax,
  mul,
  neg,
  ones,
  range,
  reshape,
  scatterND,
  slice,
  softmax,
  stack,
  sub,
  sum,
  tensor1d,
  tile,
  zeros,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";
import type { AttentionParameter } from "#app/domain/behaviour/networks/attention-weights.ts";
import {
  runBlock,
  runHead,
  scatterRows,
  throughBlock,
  throughHead,
  type AttentionTensors,
} from "./attention-block.ts";

/** Sessions of one length, so that nothing is padded. */
export interface AttentionBatch {
  readonly sessions: number;
  /** Views of each that are read. */
  readonly length: number;
  /** [sessions × length] row of each view. */
  readonly views: Int32Array;
  /** [sessions × length] row of the view after it. */
  readonly next: Int32Array;
}

function runForward(p: AttentionTensors, batch: AttentionBatch, keep: Tensor2D | null) {
  const { sessions, length } = batch;
  const width = p.item.shape[1]!;
  const places = tile(slice(p.place as Tensor2D, [0, 0], [length, width]), [sessions, 1]);
  const viewed = add(gather(p.item, tensor1d(batch.views, "int32")), places) as Tensor2D;
  const input = keep === null ? viewed : (mul(viewed, keep) as Tensor2D);
  const block = runBlock(p, input, { sequences: sessions, length });
  return { block, head: runHead(p.item as Tensor2D, block.output) };
}

/** Cross-entropy of each next view, nats: [sessions · length]. */
export function attentionLosses(p: AttentionTensors, batch: AttentionBatch): Tensor1D {
  const { logits } = runForward(p, batch, null).head;
  return neg(gatherND(logSoftmax(logits), placesOf(batch.next))) as Tensor1D;
}

/**
 * The gradient of the mean cross-entropy by every parameter, written out as in `throughBlock`: WebAssembly lacks the
 * gradient of `gather` too. A test compares it with differences of the loss. Nothing is read back on the way, which
 * WebGPU could not do outside a browser without waiting. Known weakness: a graphics card adds the views of one item in
 * no fixed order, so that two trainings there differ by rounding.
 *
 * @param keep [views, width] what dropout leaves of the input, scaled to keep its mean; null without dropout
 */
export function attentionGradients(
  p: AttentionTensors,
  batch: AttentionBatch,
  keep: Tensor2D | null,
): Record<AttentionParameter, Tensor> {
  const { sessions, length } = batch;
  const [rows, width] = p.item.shape as [number, number];
  const { block, head } = runForward(p, batch, keep);
  const { byOutput, byItem } = throughHead(head, probabilitiesMinusNext(head.logits, batch.next));
  const { byInput, gradients } = throughBlock(p, block, byOutput);
  const byView = (keep === null ? byInput : mul(byInput, keep)) as Tensor2D;
  const byPlace = sum(reshape(byView, [sessions, length, width]), 0) as Tensor2D; // [length, d]
  const unread = p.place.shape[0]! - length;
  return {
    ...gradients,
    item: add(byItem, scatterRows(byView, batch.views, rows)),
    place: unread > 0 ? concat([byPlace, zeros<Rank.R2>([unread, width])], 0) : byPlace,
  };
}

/** `(softmax − one-hot) / count`. */
function probabilitiesMinusNext(logits: Tensor2D, next: Int32Array): Tensor2D {
  const came = scatterND(placesOf(next), ones([next.length]), logits.shape);
  return div(sub(softmax(logits), came), next.length) as Tensor2D;
}

/** Of each view the place in `logits` of the view after it: [views, 2]. */
function placesOf(next: Int32Array): Tensor2D {
  return stack([range(0, next.length, 1, "int32"), tensor1d(next, "int32")], 1) as Tensor2D;
}
