import { addLinkRow, ItemLinksBuilder, type ItemLinks } from "#app/domain/behaviour/item-links.ts";
import { countSessions, type Sessions } from "./session-log.ts";
import type { SessionModel } from "./session-model.ts";

/** A view reaches so many views ahead. */
const REACH = 10;
/** Followers kept of each item. */
const FOLLOWERS = 200;

/**
 * Pair counts: how often two different products were viewed in one session, a repeated view counted again.
 * Session-rec's "association rules".
 *
 * @returns rows of counts, symmetric
 */
export function countSessionPairs(sessions: Sessions): ItemLinks {
  return linkViews(sessions, (_distance) => 1, { isBackward: true, reach: Infinity });
}

/**
 * Sequential rules: a view of b that comes d views after one at a, d at most 10, adds 1/d to a → b.
 *
 * @returns rows of weights from the earlier to the later product
 * @see Ludewig & Jannach 2018 (SR)
 */
export function countSequentialRules(sessions: Sessions): ItemLinks {
  return linkViews(sessions, (distance) => 1 / distance, { isBackward: false, reach: REACH });
}

/** The weight of `distance` summed over all pairs of looks at different products within reach. */
function linkViews(
  { items, offsets, item }: Sessions,
  weigh: (distance: number) => number,
  { isBackward, reach }: { isBackward: boolean; reach: number },
): ItemLinks {
  const rows: Map<number, number>[] = Array.from({ length: items }, () => new Map<number, number>());
  const addTo = (from: number, to: number, weight: number) =>
    rows[from]!.set(to, (rows[from]!.get(to) ?? 0) + weight);
  for (let session = 0; session < offsets.length - 1; session++) {
    const end = offsets[session + 1]!;
    for (let at = offsets[session]!; at < end; at++) {
      for (let later = at + 1; later < Math.min(end, at + reach + 1); later++) {
        const [a, b] = [item[at]!, item[later]!];
        if (a === b) continue;
        addTo(a, b, weigh(later - at));
        if (isBackward) addTo(b, a, weigh(later - at));
      }
    }
  }
  const builder = new ItemLinksBuilder(items, FOLLOWERS);
  const row = new Float64Array(items);
  for (const followers of rows) {
    const touched = [...followers.keys()];
    for (const partner of touched) row[partner] = followers.get(partner)!;
    builder.addRow(touched, row);
  }
  return builder.finish();
}

/** Ranks by the rules of the last view alone, as session-rec does. */
export function openRuleModel(name: string, rules: ItemLinks): SessionModel {
  return {
    name,
    score({ views }, into) {
      into.fill(0);
      addLinkRow(rules, views[views.length - 1]!, 1, into);
    },
  };
}

/** Views of every item, a view counted half for each `halfLifeMs` that passed until the last session's end. */
export function countRecentViews(sessions: Sessions, halfLifeMs: number): Float32Array {
  const counts = new Float32Array(sessions.items);
  const last = countSessions(sessions);
  const endMs = last > 0 ? sessions.atMs[sessions.offsets[last]! - 1]! : 0;
  for (let at = sessions.offsets[0]!; at < sessions.offsets[last]!; at++) {
    counts[sessions.item[at]!]! += 2 ** ((sessions.atMs[at]! - endMs) / halfLifeMs);
  }
  return counts;
}
