import type { Neighbours } from "#app/domain/behaviour/behaviour-model.ts";
import { strongest } from "#app/domain/behaviour/item-links.ts";
import { countSessions, sessionEndMs, type Sessions } from "./session-log.ts";
import type { SessionModel } from "./session-model.ts";

interface NextViewList {
  /** Next views listed of each item. */
  readonly count: number;
  /** An item in fewer views has no list: what the model says of it is an accident. */
  readonly minViews: number;
  /** Called now and then, for what else has to be done at the same time; what it throws ends the work. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/**
 * What a visitor who is at one product looks at next, for every product: the model asked with a session of that view
 * alone, at the end of the newest session.
 *
 * @param sessions what the model learned from
 * @returns strengths are scores over that of the item's likeliest next view; an item's list is shorter, or empty, where
 *   the model guesses nothing more
 */
export async function listNextViews(
  model: SessionModel,
  sessions: Sessions,
  { count, minViews, pause }: NextViewList,
): Promise<Neighbours> {
  const { items, offsets, item: viewed } = sessions;
  const partner = new Int32Array(items * count).fill(-1);
  const strength = new Float32Array(items * count);
  const last = countSessions(sessions) - 1;
  if (last < 0) return { partner, strength, count };
  const views = new Uint32Array(items);
  for (let at = offsets[0]!; at < offsets.at(-1)!; at++) views[viewed[at]!]! += 1;
  const atMs = sessionEndMs(sessions, last);
  const known = [...views.keys()].filter((item) => views[item]! > 0);
  const scores = new Float32Array(items);
  for (const [done, item] of known.filter((one) => views[one]! >= minViews).entries()) {
    model.score({ views: [item], atMs }, scores);
    scores[item] = 0;
    const next = strongest(known, scores, count);
    next.forEach((other, place) => {
      partner[item * count + place] = other;
      strength[item * count + place] = scores[other]! / scores[next[0]!]!;
    });
    if (done % 64 === 63) await pause?.();
  }
  return { partner, strength, count };
}
