import { addLinkRow, strongest, type ItemLinks } from "./item-links.ts";
import type { SessionModel, SessionQuery } from "./session-model.ts";

/** What is known of past sessions, each fitted on the same ones. */
export interface SessionSources {
  readonly items: number;
  readonly neighbours: SessionModel;
  readonly linear: SessionModel;
  /** Null where there were too few sessions to train it. */
  readonly transformer: SessionModel | null;
  /** From `countSequentialRules`. */
  readonly rules: ItemLinks;
  /** From `countSessionPairs`. */
  readonly pairs: ItemLinks;
  /** [items] looks, decayed over days and over a month. */
  readonly looksOfDays: Float32Array;
  readonly looksOfMonth: Float32Array;
}

/** What each of the features is; their order is the network's input. */
const FEATURE_NAMES = [
  "neighbours",
  "neighbours_of_best",
  "neighbours_rank",
  "linear",
  "linear_of_best",
  "linear_rank",
  "transformer",
  "transformer_of_best",
  "transformer_rank",
  "follows_last",
  "follows_before_last",
  "precedes_last",
  "pairs_with_last",
  "pairs_with_session",
  "looks_of_days",
  "looks_of_month",
  "looks_trend",
  "in_session",
  "is_last",
  "looks_since",
  "looks_in_session",
  "session_looks",
  "session_products",
] as const;
export const SESSION_FEATURE_COUNT = FEATURE_NAMES.length;

/** Added to a share before its logarithm: less than one look in ten thousand says nothing. */
const GRAIN = 1e-4;
/** Looks back that `pairs_with_session` reads. */
const REACH = 10;

/**
 * Mean of the shares that neighbours and the linear model give to each item: their errors differ, so that the mean
 * beats either.
 */
export function openSessionBlend({ items, neighbours, linear }: SessionSources): SessionModel {
  const second = new Float32Array(items);
  return {
    name: "session blend",
    score(query, into) {
      neighbours.score(query, into);
      linear.score(query, second);
      const [first, other] = [sumOf(into), sumOf(second)];
      for (let item = 0; item < items; item++) {
        into[item] = (into[item]! / first + second[item]! / other) / 2;
      }
    },
  };
}

interface DescribedSession {
  /** Item indices, the likeliest of the blend first. */
  readonly candidates: number[];
  /** [candidates × SESSION_FEATURE_COUNT] */
  readonly features: Float32Array;
  /** [items] the blend that picked them. */
  readonly blend: Float32Array;
}

/**
 * Makes the features of a session's likeliest next looks, those at products seen before among them.
 *
 * @returns `describe` picks the `limit` strongest of the blend. It reuses its memory: not reentrant
 */
export function openSessionFeatures(sources: SessionSources): {
  describe(query: SessionQuery, limit: number): DescribedSession;
} {
  const { items, rules, pairs, looksOfDays, looksOfMonth } = sources;
  const column = () => new Float32Array(items);
  const scores = { neighbours: column(), linear: column(), transformer: column() };
  const links = { last: column(), beforeLast: column(), pairs: column(), session: column() };
  const blend = column();
  const sums = { rules: rowSums(rules), pairs: rowSums(pairs) };
  const everyItem = Int32Array.from({ length: items }, (_, item) => item);
  const totals = { days: sumOf(looksOfDays), month: sumOf(looksOfMonth) };

  return {
    describe(query, limit) {
      const { looks } = query;
      const [last, before] = [looks[looks.length - 1]!, looks[looks.length - 2]];
      sources.neighbours.score(query, scores.neighbours);
      sources.linear.score(query, scores.linear);
      if (sources.transformer) sources.transformer.score(query, scores.transformer);
      for (const sum of Object.values(links)) sum.fill(0);
      addLinkRow(rules, last, 1 / (sums.rules[last]! + 1), links.last);
      if (before !== undefined) addLinkRow(rules, before, 1 / (sums.rules[before]! + 1), links.beforeLast);
      addLinkRow(pairs, last, 1 / (sums.pairs[last]! + 1), links.pairs);
      for (let back = 0; back < Math.min(REACH, looks.length); back++) {
        const look = looks[looks.length - 1 - back]!;
        addLinkRow(pairs, look, 0.7 ** back / (sums.pairs[look]! + 1), links.session);
      }
      const totalsOf = {
        neighbours: sumOf(scores.neighbours),
        linear: sumOf(scores.linear),
        transformer: sumOf(scores.transformer),
      };
      for (let item = 0; item < items; item++) {
        scores.neighbours[item]! /= totalsOf.neighbours;
        scores.linear[item]! /= totalsOf.linear;
        scores.transformer[item]! /= totalsOf.transformer;
        blend[item] = (scores.neighbours[item]! + scores.linear[item]!) / 2;
      }
      const candidates = strongest(everyItem, blend, limit);
      const ranked = Object.values(scores).map((shares) => ({
        shares,
        best: candidates.reduce((most, item) => Math.max(most, shares[item]!), GRAIN),
        rank: ranksAmong(candidates, shares),
      }));
      const lastAt = new Map<number, number>();
      const times = new Map<number, number>();
      for (let at = 0; at < looks.length; at++) {
        lastAt.set(looks[at]!, at);
        times.set(looks[at]!, (times.get(looks[at]!) ?? 0) + 1);
      }
      const features = new Float32Array(candidates.length * SESSION_FEATURE_COUNT);
      candidates.forEach((item, place) => {
        const at = lastAt.get(item) ?? -1;
        const days = Math.log(looksOfDays[item]! / totals.days + GRAIN);
        const month = Math.log(looksOfMonth[item]! / totals.month + GRAIN);
        features.set(
          [
            ...ranked.flatMap(({ shares, best, rank }) => [
              Math.log(shares[item]! + GRAIN),
              shares[item]! / best,
              Math.log1p(rank[place]!),
            ]),
            Math.log(links.last[item]! + GRAIN),
            Math.log(links.beforeLast[item]! + GRAIN),
            Math.log(linkWeight(rules, item, last) / (sums.rules[item]! + 1) + GRAIN),
            Math.log(links.pairs[item]! + GRAIN),
            Math.log(links.session[item]! + GRAIN),
            days,
            month,
            days - month,
            at >= 0 ? 1 : 0,
            item === last ? 1 : 0,
            at >= 0 ? Math.log1p(looks.length - 1 - at) : 0,
            Math.log1p(times.get(item) ?? 0),
            Math.log(looks.length),
            Math.log(lastAt.size),
          ],
          place * SESSION_FEATURE_COUNT,
        );
      });
      return { candidates, features, blend };
    },
  };
}

/** 1 where nothing was scored, so that dividing by it leaves zeros. */
function sumOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum > 0 ? sum : 1;
}

function rowSums({ offsets, weight }: ItemLinks): Float32Array {
  return Float32Array.from({ length: offsets.length - 1 }, (_, row) => {
    let sum = 0;
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) sum += weight[at]!;
    return sum;
  });
}

function linkWeight({ offsets, partner, weight }: ItemLinks, from: number, to: number): number {
  for (let at = offsets[from]!; at < offsets[from + 1]!; at++) if (partner[at] === to) return weight[at]!;
  return 0;
}

/** [candidates] how many of them score higher, 0 for the best. */
function ranksAmong(candidates: readonly number[], scores: Float32Array): Uint32Array {
  const ranks = new Uint32Array(candidates.length);
  [...candidates.keys()]
    .sort((a, b) => scores[candidates[b]!]! - scores[candidates[a]!]! || a - b)
    .forEach((place, rank) => (ranks[place] = rank));
  return ranks;
}
