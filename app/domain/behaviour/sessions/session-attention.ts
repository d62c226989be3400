import {
  attendNewest,
  openCosineHead,
  rowAt,
  type AttentionWeights,
} from "#app/domain/behaviour/networks/attention-weights.ts";
import type { SessionModel, SessionQuery } from "./session-model.ts";

/**
 * A causal Transformer over the views of a session as a model: `P(next = i) = softmax_i(cos(u, item_i) / τ)`, u the
 * output at the newest view. A view's token is its item's row and the row of its place in the session.
 *
 * @returns probabilities; items that it does not know have 0
 * @see Kang & McAuley 2018 (SASRec), with the cosine of Hou et al. 2022 (CORE). Reuses its memory: not reentrant
 */
export function openAttention(weights: AttentionWeights): SessionModel {
  const tellItems = openCosineHead(weights);
  return {
    name: "transformer",
    score(query, into) {
      into.fill(0);
      const inputs = toTokens(weights, query);
      if (inputs.length > 0) tellItems(attendNewest(weights, inputs), into);
    },
  };
}

/** The newest views that have a row; none when no view has. */
function toTokens({ rowOf, width, length, parameters: p }: AttentionWeights, { views }: SessionQuery) {
  const known: number[] = [];
  for (let at = 0; at < views.length; at++) {
    const row = rowOf[views[at]!]!;
    if (row >= 0) known.push(row);
  }
  return known.slice(-length).map((row, place) => {
    const input = rowAt(p.item, row, width).slice();
    for (let f = 0; f < width; f++) input[f]! += p.place[place * width + f]!;
    return input;
  });
}
