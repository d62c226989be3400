import { calibrate, UNCALIBRATED, type Calibration } from "#app/domain/behaviour/choice/calibration.ts";
import { openNetwork, type NetworkWeights } from "#app/domain/behaviour/networks/network-weights.ts";
import { openPurchaseFeatures } from "#app/domain/behaviour/features/purchase-features.ts";
import {
  gatherBasket,
  gatherHistory,
  clearEvidence,
  openEvidence,
  type QueryEvidence,
  type FeatureSources,
} from "#app/domain/behaviour/features/query-evidence.ts";
import type { BehaviourModel, BehaviourQuery } from "#app/domain/behaviour/behaviour-model.ts";

/** Scores of one query from its evidence; each is a simple method from the literature. */
const SIMPLE_SCORES = {
  popularity: (_evidence: QueryEvidence, item: number, { sales }: FeatureSources) =>
    sales.recentPerDay[1][item]!,
  confidence: (evidence: QueryEvidence, item: number) => evidence.confidence[item]!,
  rp3beta: (evidence: QueryEvidence, item: number) => evidence.walk[item]!,
  ease: (evidence: QueryEvidence, item: number) => evidence.ease[item]!,
  "co-view": (evidence: QueryEvidence, item: number) => evidence.coViews[item]!,
  text: (evidence: QueryEvidence, item: number) => evidence.text[item]!,
  "basket neighbours": (evidence: QueryEvidence, item: number) => evidence.neighbours[item]!,
  "customer history": (evidence: QueryEvidence, item: number) =>
    evidence.boughtDecayed180[item]! + evidence.historyEase[item]!,
} as const satisfies Record<
  string,
  (evidence: QueryEvidence, item: number, sources: FeatureSources) => number
>;

export type SimpleName = keyof typeof SIMPLE_SCORES;

/** The simple methods that these sources support: co-view only with browsing data. */
export function listSimpleNames({ coViews }: Pick<FeatureSources, "coViews">): SimpleName[] {
  const names = Object.keys(SIMPLE_SCORES) as SimpleName[];
  return coViews ? names : names.filter((name) => name !== "co-view");
}

/** Weight of popularity, which breaks ties: differences below a millionth of the best score count as ties. */
const TIE_BREAK = 1e-6;

/**
 * Opens simple methods as models. They share the evidence of a query, so asking all costs little more than asking one.
 * They reuse their memory, so they are not reentrant.
 */
export function openSimpleModels(names: readonly SimpleName[], sources: FeatureSources): BehaviourModel[] {
  const evidence = openEvidence(sources);
  const needsHistory = names.includes("customer history");
  let gathered: BehaviourQuery | null = null;
  const gather = (query: BehaviourQuery) => {
    if (query === gathered) return;
    clearEvidence(evidence);
    gatherBasket(sources, query.basket, evidence);
    if (needsHistory) gatherHistory(sources, query, evidence);
    gathered = query;
  };
  return names.map((name) => ({
    name,
    score(query, into) {
      gather(query);
      const scoreOf = SIMPLE_SCORES[name];
      const sales60 = sources.sales.recentPerDay[1];
      let highest = 0;
      for (let item = 0; item < into.length; item++) {
        into[item] = scoreOf(evidence, item, sources);
        highest = Math.max(highest, into[item]!);
      }
      const scale = highest > 0 ? 1 / highest : 1;
      for (let item = 0; item < into.length; item++) {
        into[item] = into[item]! * scale + TIE_BREAK * Math.log1p(sales60[item]!);
      }
    },
  }));
}

const NONE: ReadonlySet<number> = new Set();

/** Candidates per query for the network; the rest rank below them by the rough blend. */
export const NETWORK_CANDIDATES = 150;

/**
 * Combines trained networks into one model. Candidates score the logarithm of the mean purchase probability,
 * calibrated; all other items score lower.
 *
 * @param members at least one, all with the same features
 * @param eligible items that can be candidates
 * @param limit candidates per query
 * @see Lakshminarayanan, Pritzel & Blundell 2017 (deep ensembles) for the mean of probabilities
 */
export function openNetworkModel(
  members: readonly NetworkWeights[],
  sources: FeatureSources,
  eligible: readonly number[],
  calibration: Calibration = UNCALIBRATED,
  limit = NETWORK_CANDIDATES,
): BehaviourModel {
  const features = openPurchaseFeatures(sources, eligible);
  const networks = members.map(openNetwork);
  return {
    name: "relu network",
    score(query, into, excluded = NONE) {
      const { candidates, blend, describe } = features.pick(query, limit, excluded);
      const described = describe();
      const probabilities = new Float64Array(candidates.length);
      for (const network of networks) addSoftmax(network(described), probabilities);
      const logarithms = Float64Array.from(probabilities, (probability) =>
        Math.log(calibrate(probability / members.length, calibration)),
      );
      const lowest = logarithms.reduce((least, value) => Math.min(least, value), 0);
      for (let item = 0; item < into.length; item++) {
        const crude = Math.max(0, blend[item]!);
        into[item] = lowest - 100 + crude / (crude + 20);
      }
      candidates.forEach((item, at) => (into[item] = logarithms[at]!));
    },
  };
}

function addSoftmax(scores: Float32Array, into: Float64Array): void {
  const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  let total = 0;
  for (const score of scores) total += Math.exp(score - highest);
  scores.forEach((score, at) => (into[at]! += Math.exp(score - highest) / total));
}
