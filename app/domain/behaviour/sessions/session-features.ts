import { addLinkRow, strongest, type ItemLinks } from "#app/domain/behaviour/item-links.ts";
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
  /** [items] views, decayed over days and over a month. */
  readonly viewsOfDays: Float32Array;
  readonly viewsOfMonth: Float32Array;
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
  "views_of_days",
  "views_of_month",
  "views_trend",
  "in_session",
  "is_last",
  "views_since",
  "views_in_session",
  "session_views",
  "session_products",
] as const;
export const SESSION_FEATURE_COUNT = FEATURE_NAMES.length;

/** Added to a share before its logarithm: less than one view in ten thousand says nothing. */
const GRAIN = 1e-4;
/** Views back that `pairs_with_session` reads, and what a view weighs beside the one after it. Round guesses; not tuned. */
const REACH = 10;
const VIEW_DECAY = 0.7;

type Features = Readonly<Record<(typeof FEATURE_NAMES)[number], number>>;

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
 * Makes the features of a session's likeliest next views, those at products seen before among them.
 *
 * @returns `describe` picks the `limit` strongest of the blend. It reuses its memory: not reentrant
 */
export function openSessionFeatures(sources: SessionSources): {
  describe(query: SessionQuery, limit: number): DescribedSession;
} {
  const { items } = sources;
  const scores = openScores(sources);
  const links = openLinks(sources);
  const blend = new Float32Array(items);
  const everyItem = Int32Array.from({ length: items }, (_, item) => item);
  const totals = { days: sumOf(sources.viewsOfDays), month: sumOf(sources.viewsOfMonth) };
  const describePopularity = (item: number) => {
    const days = Math.log(sources.viewsOfDays[item]! / totals.days + GRAIN);
    const month = Math.log(sources.viewsOfMonth[item]! / totals.month + GRAIN);
    return { views_of_days: days, views_of_month: month, views_trend: days - month };
  };

  return {
    describe(query, limit) {
      const { neighbours, linear, transformer } = scores.share(query);
      for (let item = 0; item < items; item++) blend[item] = (neighbours[item]! + linear[item]!) / 2;
      const candidates = strongest(everyItem, blend, limit);
      const ranked = {
        neighbours: rankShares(candidates, neighbours),
        linear: rankShares(candidates, linear),
        transformer: rankShares(candidates, transformer),
      };
      const describeLinks = links.gather(query);
      const describeViews = rememberViews(query);
      const features = new Float32Array(candidates.length * SESSION_FEATURE_COUNT);
      let at = 0;
      candidates.forEach((item, place) => {
        const described: Features = {
          ...describeScores(ranked, item, place),
          ...describeLinks(item),
          ...describePopularity(item),
          ...describeViews(item),
        };
        for (const name of FEATURE_NAMES) features[at++] = described[name];
      });
      return { candidates, features, blend };
    },
  };
}

/** What each model gives to every item, as shares that sum to 1; 0 of a model that there is not. */
function openScores({ items, neighbours, linear, transformer }: SessionSources) {
  const column = () => new Float32Array(items);
  const shares = { neighbours: column(), linear: column(), transformer: column() };
  return {
    share(query: SessionQuery): typeof shares {
      neighbours.score(query, shares.neighbours);
      linear.score(query, shares.linear);
      transformer?.score(query, shares.transformer);
      for (const column of Object.values(shares)) {
        const total = sumOf(column);
        for (let item = 0; item < items; item++) column[item]! /= total;
      }
      return shares;
    },
  };
}

/** How the candidates of a session stand by one model. */
interface Ranked {
  /** [items] */
  readonly shares: Float32Array;
  /** The largest share of a candidate. */
  readonly best: number;
  /** [candidates] how many of them have more. */
  readonly rank: Uint32Array;
}

function rankShares(candidates: readonly number[], shares: Float32Array): Ranked {
  return {
    shares,
    best: candidates.reduce((most, item) => Math.max(most, shares[item]!), GRAIN),
    rank: ranksAmong(candidates, shares),
  };
}

function describeScores(
  { neighbours, linear, transformer }: Readonly<Record<"neighbours" | "linear" | "transformer", Ranked>>,
  item: number,
  place: number,
) {
  return {
    neighbours: Math.log(neighbours.shares[item]! + GRAIN),
    neighbours_of_best: neighbours.shares[item]! / neighbours.best,
    neighbours_rank: Math.log1p(neighbours.rank[place]!),
    linear: Math.log(linear.shares[item]! + GRAIN),
    linear_of_best: linear.shares[item]! / linear.best,
    linear_rank: Math.log1p(linear.rank[place]!),
    transformer: Math.log(transformer.shares[item]! + GRAIN),
    transformer_of_best: transformer.shares[item]! / transformer.best,
    transformer_rank: Math.log1p(transformer.rank[place]!),
  };
}

/** What past sessions say of an item beside those that this one viewed. */
function openLinks({ items, rules, pairs }: SessionSources) {
  const column = () => new Float32Array(items);
  const links = { last: column(), beforeLast: column(), pairs: column(), session: column() };
  const sums = { rules: rowSums(rules), pairs: rowSums(pairs) };
  return {
    gather({ views }: SessionQuery) {
      const [last, before] = [views[views.length - 1]!, views[views.length - 2]];
      for (const sum of Object.values(links)) sum.fill(0);
      addLinkRow(rules, last, 1 / (sums.rules[last]! + 1), links.last);
      if (before !== undefined) addLinkRow(rules, before, 1 / (sums.rules[before]! + 1), links.beforeLast);
      addLinkRow(pairs, last, 1 / (sums.pairs[last]! + 1), links.pairs);
      for (let back = 0; back < Math.min(REACH, views.length); back++) {
        const view = views[views.length - 1 - back]!;
        addLinkRow(pairs, view, VIEW_DECAY ** back / (sums.pairs[view]! + 1), links.session);
      }
      return (item: number) => ({
        follows_last: Math.log(links.last[item]! + GRAIN),
        follows_before_last: Math.log(links.beforeLast[item]! + GRAIN),
        precedes_last: Math.log(linkWeight(rules, item, last) / (sums.rules[item]! + 1) + GRAIN),
        pairs_with_last: Math.log(links.pairs[item]! + GRAIN),
        pairs_with_session: Math.log(links.session[item]! + GRAIN),
      });
    },
  };
}

/** What this session itself says of an item. */
function rememberViews({ views }: SessionQuery) {
  const last = views[views.length - 1]!;
  const lastAt = new Map<number, number>();
  const times = new Map<number, number>();
  for (let at = 0; at < views.length; at++) {
    lastAt.set(views[at]!, at);
    times.set(views[at]!, (times.get(views[at]!) ?? 0) + 1);
  }
  return (item: number) => {
    const at = lastAt.get(item) ?? -1;
    return {
      in_session: at >= 0 ? 1 : 0,
      is_last: item === last ? 1 : 0,
      views_since: at >= 0 ? Math.log1p(views.length - 1 - at) : 0,
      views_in_session: Math.log1p(times.get(item) ?? 0),
      session_views: Math.log(views.length),
      session_products: Math.log(lastAt.size),
    };
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
