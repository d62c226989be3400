import { ItemLinksBuilder, type ItemLinks } from "#app/domain/behaviour/item-links.ts";
import { countSessions, newestSessions, type Sessions } from "./session-log.ts";

/** Partners kept of each item. */
const LIMIT = 100;
/** Views that are read, the newest: what was viewed long before says little, and memory grows with them. */
const MOST_VIEWS = 1_000_000;
/** Sessions of either item that are added to what is known: one shared visit then says little. */
const SHRINKAGE = 5;

/**
 * Co-view: the share of sessions that two items have in common, `s_ab / (√(s_a · s_b) + 5)`, a cosine that is shrunk
 * towards 0 where views are few. A session counts an item once.
 *
 * @param sessions only those that ended before the orders to be told
 * @returns symmetric links with weights in (0, 1), but for the partners that a row has no room for
 * @see Sarwar, Karypis, Konstan & Riedl 2001 for the cosine of items; Linden, Smith & York 2003, who link items by it.
 *   Known weakness: what is compared and bought apart is linked as much as what is bought together
 */
export function linkByCoViews(sessions: Sessions): ItemLinks {
  const { items } = sessions;
  const seen = listSeen(newestSessions(sessions, MOST_VIEWS));
  const viewed = new Uint32Array(items);
  for (const ofSession of seen) for (const item of ofSession) viewed[item]! += 1;
  const sessionsOf: number[][] = Array.from({ length: items }, () => []);
  seen.forEach((ofSession, session) => ofSession.forEach((item) => sessionsOf[item]!.push(session)));

  const links = new ItemLinksBuilder(items, LIMIT);
  const row = new Float64Array(items);
  for (let item = 0; item < items; item++) {
    const touched: number[] = [];
    for (const session of sessionsOf[item]!) {
      for (const other of seen[session]!) {
        if (other === item) continue;
        if (row[other] === 0) touched.push(other);
        row[other]! += 1;
      }
    }
    for (const other of touched) row[other]! /= Math.sqrt(viewed[item]! * viewed[other]!) + SHRINKAGE;
    links.addRow(touched, row);
    for (const other of touched) row[other] = 0;
  }
  return links.finish();
}

/** [sessions] the different items of each. */
function listSeen(sessions: Sessions): number[][] {
  const { offsets, item } = sessions;
  return Array.from({ length: countSessions(sessions) }, (_, session) => [
    ...new Set(item.subarray(offsets[session]!, offsets[session + 1]!)),
  ]);
}
