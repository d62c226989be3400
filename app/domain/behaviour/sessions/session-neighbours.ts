import { countSessions, type Sessions } from "./session-log.ts";
import type { SessionModel, SessionQuery } from "./session-model.ts";

interface NeighbourSettings {
  /** Most alike sessions that are asked. */
  readonly neighbours: number;
  /** The newest sessions with a product that are read; bounds the time of a query. */
  readonly perItem: number;
  /** A view k views before the last weighs e^(−rate·k). */
  readonly viewDecay: number;
  /** A product k views from the neighbour's nearest shared product weighs e^(−rate·k). */
  readonly distanceDecay: number;
  /** A session of n products is divided by n^power: long ones are alike to all. */
  readonly lengthPower: number;
  /** Weighs a shared product by 1 + factor · ln(sessions / sessions with it). */
  readonly rarity: number;
}

/** Chosen on validation sessions of a European retailer; flat around these values. */
export const NEIGHBOUR_DEFAULTS: NeighbourSettings = {
  neighbours: 1_500,
  perItem: 2_500,
  viewDecay: 0.7,
  distanceDecay: 0.6,
  lengthPower: 0.5,
  rarity: 0.3,
};

/** Session-kNN in its plain form: every shared product counts the same, and so does every product of a neighbour. */
export const PLAIN_NEIGHBOURS: NeighbourSettings = {
  neighbours: 100,
  perItem: 500,
  viewDecay: 0,
  distanceDecay: 0,
  lengthPower: 0.5,
  rarity: 0,
};

/**
 * Session nearest neighbours with recency, position and rarity weights (after V-SKNN and VSTAN). A past session n is
 * alike to the running one by `Σ shared x: e^(−0.7 k_x) · (1 + rarity · ln(N/N_x)) / √|n|`, k_x the views since x; it
 * then votes for its products, most for those close to where it last shared one with the running session.
 *
 * @param sessions past ones; the newest count as the most alike among equals
 * @returns a model that also guesses views back; it reuses its memory and is not reentrant
 * @see Garg et al. 2019 (STAN); Ludewig et al. 2021 (V-SKNN, VSTAN). Known weakness: a product that no session
 *   shares with others is never guessed
 */
export function openSessionNeighbours(
  sessions: Sessions,
  settings: NeighbourSettings = NEIGHBOUR_DEFAULTS,
  name = "session neighbours",
): SessionModel {
  const { offsets, item } = sessions;
  const count = countSessions(sessions);
  const index = indexByItem(sessions);
  const alike = new Float32Array(count);
  const size = Float32Array.from({ length: count }, (_, session) => {
    const own = new Set(item.subarray(offsets[session]!, offsets[session + 1]!));
    return Math.max(1, own.size) ** settings.lengthPower;
  });
  const weigh = (shared: number) =>
    1 + settings.rarity * Math.log((count + 1) / (index.offsets[shared + 1]! - index.offsets[shared]! + 1));

  function findAlike({ views }: SessionQuery): number[] {
    const touched: number[] = [];
    const seen = new Set<number>();
    for (let at = views.length - 1; at >= 0; at--) {
      const view = views[at]!;
      if (seen.has(view)) continue;
      seen.add(view);
      const weight = Math.exp(-settings.viewDecay * (views.length - 1 - at)) * weigh(view);
      const end = index.offsets[view + 1]!;
      for (let entry = Math.max(index.offsets[view]!, end - settings.perItem); entry < end; entry++) {
        const session = index.session[entry]!;
        if (alike[session] === 0) touched.push(session);
        alike[session]! += weight / size[session]!;
      }
    }
    if (touched.length <= settings.neighbours) return touched;
    return touched.sort((a, b) => alike[b]! - alike[a]! || b - a);
  }

  return {
    name,
    score(query, into) {
      into.fill(0);
      const lastAt = new Map<number, number>();
      for (let at = 0; at < query.views.length; at++) lastAt.set(query.views[at]!, at);
      const found = findAlike(query);
      for (const session of found.slice(0, settings.neighbours)) {
        const [from, to] = [offsets[session]!, offsets[session + 1]!];
        let [newest, sharedAt] = [-1, from];
        for (let at = from; at < to; at++) {
          const shared = lastAt.get(item[at]!) ?? -1;
          if (shared >= newest && shared >= 0) [newest, sharedAt] = [shared, at];
        }
        for (let at = from; at < to; at++) {
          into[item[at]!]! += alike[session]! * Math.exp(-settings.distanceDecay * Math.abs(at - sharedAt));
        }
      }
      for (const session of found) alike[session] = 0;
    },
  };
}

/** Which sessions hold an item: `session[offsets[i]]` to `session[offsets[i + 1] - 1]`, ascending. */
function indexByItem({ items, offsets, item }: Sessions): { offsets: Uint32Array; session: Uint32Array } {
  const last = new Int32Array(items).fill(-1);
  const starts = new Uint32Array(items + 1);
  const visit = (see: (item: number, session: number) => void) => {
    last.fill(-1);
    for (let session = 0; session < offsets.length - 1; session++) {
      for (let at = offsets[session]!; at < offsets[session + 1]!; at++) {
        if (last[item[at]!] === session) continue;
        last[item[at]!] = session;
        see(item[at]!, session);
      }
    }
  };
  visit((one) => starts[one + 1]!++);
  for (let one = 0; one < items; one++) starts[one + 1]! += starts[one]!;
  const session = new Uint32Array(starts[items]!);
  const next = starts.slice(0, items);
  visit((one, number) => (session[next[one]!++] = number));
  return { offsets: starts, session };
}
