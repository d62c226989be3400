import { countSessions, type Sessions } from "./session-log.ts";
import type { SessionMetrics, SessionModel } from "./session-model.ts";

/** One view to be told from those before it in its session. */
export interface SessionCase {
  readonly views: Int32Array;
  readonly atMs: number;
  /** The item viewed next. */
  readonly next: number;
  /** False when the session has seen it already. */
  readonly isNew: boolean;
}

const DEPTH = 20;

/**
 * Every view but the first of each session, told from the session's views up to then.
 *
 * @param isKnown products outside it are removed from the sessions first, as session-rec does with products that no
 *   training session has
 */
export function listSessionCases(sessions: Sessions, isKnown: (item: number) => boolean): SessionCase[] {
  const cases: SessionCase[] = [];
  for (let session = 0; session < countSessions(sessions); session++) {
    const [from, to] = [sessions.offsets[session]!, sessions.offsets[session + 1]!];
    const places = Array.from({ length: to - from }, (_, at) => from + at).filter((at) =>
      isKnown(sessions.item[at]!),
    );
    const items = Int32Array.from(places, (at) => sessions.item[at]!);
    for (let at = 1; at < items.length; at++) {
      const views = items.subarray(0, at);
      const next = items[at]!;
      cases.push({ views, atMs: sessions.atMs[places[at - 1]!]!, next, isNew: !views.includes(next) });
    }
  }
  return cases;
}

export interface SessionMeasure extends SessionMetrics {
  /** [cases where the next view is new] reciprocal rank at 20, 0 to 1; `newMrr20` is their mean. */
  readonly newGains: Float64Array;
}

/**
 * Measures a model as the session-rec framework does: for each case, is the next view among the 20 highest scores,
 * and how high. A view back counts like any other, and a model that cannot guess one has none of them; `newHr20`
 * therefore asks only for products that the session has not seen, among products that it has not seen. Of equal
 * scores the lower item index comes first; a score of 0 or less is no guess.
 *
 * @param pause called now and then, for what else has to be done at the same time; what it throws ends the work
 * @see Ludewig & Jannach 2018, "Evaluation of session-based recommendation algorithms"
 */
export async function measureNextViews(
  model: SessionModel,
  cases: readonly SessionCase[],
  items: number,
  pause?: () => Promise<void>,
): Promise<SessionMeasure> {
  const scores = new Float32Array(items);
  const gains = new Float64Array(cases.length);
  const newGains: number[] = [];
  for (const [at, { views, atMs, next, isNew }] of cases.entries()) {
    model.score({ views, atMs }, scores);
    gains[at] = reciprocalRank(scores, next);
    if (isNew) {
      for (const seen of views) scores[seen] = 0;
      newGains.push(reciprocalRank(scores, next));
    }
    if (at % 64 === 0) await pause?.();
  }
  return {
    hr20: shareOfHits(gains),
    mrr20: mean(gains),
    newHr20: shareOfHits(newGains),
    newMrr20: mean(newGains),
    newGains: Float64Array.from(newGains),
  };
}

/** 1 / rank of an item where it is among the first 20, else 0. */
function reciprocalRank(scores: Float32Array, wanted: number): number {
  const score = scores[wanted]!;
  if (!(score > 0)) return 0;
  let rank = 1;
  for (let item = 0; item < scores.length; item++) {
    if (scores[item]! > score || (scores[item] === score && item < wanted)) rank++;
    if (rank > DEPTH) return 0;
  }
  return 1 / rank;
}

function shareOfHits(gains: ArrayLike<number>): number {
  let hits = 0;
  for (let at = 0; at < gains.length; at++) if (gains[at]! > 0) hits++;
  return hits / Math.max(1, gains.length);
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]!;
  return sum / Math.max(1, values.length);
}
