import {
  add,
  gather,
  logSoftmax,
  mul,
  neg,
  scatterND,
  slice,
  softmax,
  div,
  reshape,
  sub,
  sum,
  concat,
  zeros,
  tensor1d,
  tensor2d,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
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

/** Shoppers with equally many tokens, so that nothing is padded; the last token of each is the basket. */
export interface HistoryBatch {
  readonly shoppers: number;
  /** Tokens of each. */
  readonly length: number;
  /** [shoppers × length] row in `place` of each token. */
  readonly places: Int32Array;
  /** [entries] row of each item in a token, the token, and its weight there. */
  readonly rows: Int32Array;
  readonly tokenOf: Int32Array;
  readonly weights: Float32Array;
  /** [targets] row of each item bought with the basket, the shopper, and its share of what was bought. */
  readonly bought: Int32Array;
  readonly shopperOf: Int32Array;
  readonly shares: Float32Array;
}

function runForward(p: AttentionTensors, batch: HistoryBatch, keep: Tensor2D | null) {
  const { shoppers, length } = batch;
  const width = p.item.shape[1]!;
  const tokens = shoppers * length;
  const weights = tensor2d(batch.weights, [batch.weights.length, 1]);
  const entries = mul(gather(p.item, tensor1d(batch.rows, "int32")), weights) as Tensor2D; // [entries, d]
  const places = gather(p.place, tensor1d(batch.places, "int32"));
  const stated = add(scatterRows(entries, batch.tokenOf, tokens), places) as Tensor2D; // [tokens, d]
  const input = keep === null ? stated : (mul(stated, keep) as Tensor2D);
  const block = runBlock(p, input, { sequences: shoppers, length });
  const cube = reshape(block.output, [shoppers, length, width]) as Tensor3D;
  const atBasket = reshape(slice(cube, [0, length - 1, 0], [shoppers, 1, width]), [shoppers, width]);
  return { block, head: runHead(p.item as Tensor2D, atBasket as Tensor2D), weights };
}

/** Cross-entropy of what was bought with each basket, nats: [shoppers]. */
export function historyLosses(p: AttentionTensors, batch: HistoryBatch): Tensor1D {
  const { logits } = runForward(p, batch, null).head;
  return neg(sum(mul(logSoftmax(logits), sharesOf(batch, logits.shape[1])), 1)) as Tensor1D;
}

/**
 * The gradient of the mean cross-entropy by every parameter, written out as in `throughBlock`; a test compares it with
 * differences of the loss.
 *
 * @param keep [tokens, width] what dropout leaves of the input, scaled to keep its mean; null without dropout
 */
export function historyGradients(
  p: AttentionTensors,
  batch: HistoryBatch,
  keep: Tensor2D | null,
): Record<AttentionParameter, Tensor> {
  const { shoppers, length } = batch;
  const [rows, width] = p.item.shape as [number, number];
  const { block, head, weights } = runForward(p, batch, keep);
  const excess = div(sub(softmax(head.logits), sharesOf(batch, rows)), shoppers) as Tensor2D; // [shoppers, r]
  const { byOutput, byItem } = throughHead(head, excess);
  // Only the baskets were asked, so that nothing comes back from the outputs at other tokens.
  const atBasket = reshape(byOutput, [shoppers, 1, width]) as Tensor3D;
  const byTokens =
    length > 1 ? concat([zeros<Rank.R3>([shoppers, length - 1, width]), atBasket], 1) : atBasket;
  const flat = reshape(byTokens, [shoppers * length, width]) as Tensor2D;
  const { byInput, gradients } = throughBlock(p, block, flat);
  const byToken = (keep === null ? byInput : mul(byInput, keep)) as Tensor2D;
  const byEntry = mul(gather(byToken, tensor1d(batch.tokenOf, "int32")), weights) as Tensor2D;
  return {
    ...gradients,
    item: add(byItem, scatterRows(byEntry, batch.rows, rows)),
    place: scatterRows(byToken, batch.places, p.place.shape[0]!),
  };
}

/** [shoppers, rows] what each bought, as shares that sum to 1. */
function sharesOf({ shopperOf, bought, shares, shoppers }: HistoryBatch, rows: number): Tensor2D {
  const indices = new Int32Array(2 * bought.length);
  bought.forEach((row, at) => indices.set([shopperOf[at]!, row], 2 * at));
  return scatterND(tensor2d(indices, [bought.length, 2], "int32"), tensor1d(shares), [
    shoppers,
    rows,
  ]) as Tensor2D;
}
