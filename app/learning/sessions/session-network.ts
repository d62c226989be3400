import { openNetwork, type NetworkWeights } from "#app/domain/behaviour/networks/network-weights.ts";
import {
  openSessionFeatures,
  SESSION_FEATURE_COUNT,
  type SessionSources,
} from "#app/domain/behaviour/sessions/session-features.ts";
import type { SessionCase } from "#app/domain/behaviour/sessions/session-measure.ts";
import type { SessionModel } from "#app/domain/behaviour/sessions/session-model.ts";
import { PADDING } from "#app/learning/networks/gather-examples.ts";
import type { PurchaseExamples } from "#app/learning/networks/network-gradients.ts";

/** Candidates of a session that the network looks at; the rest keep the order of the blend below them. */
export const SESSION_CANDIDATES = 80;

/** Turns cases into the network's examples; one whose next view is not among the candidates adds nothing. */
export function gatherSessionExamples(
  cases: readonly SessionCase[],
  sources: SessionSources,
): PurchaseExamples {
  const described = openSessionFeatures(sources);
  const rows: { features: Float32Array; count: number; hit: number }[] = [];
  for (const { views, atMs, next } of cases) {
    const { candidates, features } = described.describe({ views, atMs }, SESSION_CANDIDATES);
    const hit = candidates.indexOf(next);
    if (hit >= 0) rows.push({ features, count: candidates.length, hit });
  }
  const size = SESSION_CANDIDATES * SESSION_FEATURE_COUNT;
  const x = new Float32Array(rows.length * size);
  const bought = new Float32Array(rows.length * SESSION_CANDIDATES);
  const padding = new Float32Array(rows.length * SESSION_CANDIDATES);
  rows.forEach(({ features, count, hit }, query) => {
    x.set(features, query * size);
    bought[query * SESSION_CANDIDATES + hit] = 1;
    padding.fill(PADDING, query * SESSION_CANDIDATES + count, (query + 1) * SESSION_CANDIDATES);
  });
  return {
    queries: rows.length,
    candidates: SESSION_CANDIDATES,
    features: SESSION_FEATURE_COUNT,
    x,
    bought,
    padding,
  };
}

/**
 * The trained network as a model: the probability of the next view among the candidates; below all of those the
 * blend's order of the rest.
 */
export function openSessionNetwork(weights: NetworkWeights, sources: SessionSources): SessionModel {
  const described = openSessionFeatures(sources);
  const network = openNetwork(weights);
  return {
    name: "session network",
    score(query, into) {
      const { candidates, features, blend } = described.describe(query, SESSION_CANDIDATES);
      const scores = network(features);
      const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
      const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
      let lowest = 1;
      candidates.forEach((item, place) => {
        into[item] = Math.exp(scores[place]! - highest) / total;
        lowest = Math.min(lowest, into[item]!);
      });
      const isCandidate = new Set(candidates);
      for (let item = 0; item < into.length; item++) {
        if (!isCandidate.has(item)) into[item] = 0.5 * lowest * blend[item]!;
      }
    },
  };
}
