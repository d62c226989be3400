/** The context of one prediction: a basket, a time and any earlier purchases. */
export interface BehaviourQuery {
  /** Item indices in the basket or on the product page. */
  readonly basket: readonly number[];
  readonly atMs: number;
  /** Purchases of this customer before `atMs`, newest last; empty for a guest. */
  readonly history: readonly { readonly item: number; readonly atMs: number }[];
}

/** Completes a cart, or finds companions for the one product on a page. */
export type CompletionTask = "cart" | "product";

/** A model of step 3. Scores rank items within one query; do not compare scores of different queries. */
export interface BehaviourModel {
  readonly name: string;
  /**
   * @param into [items] receives one score per item, higher is likelier; the basket's own items are scored too
   * @param excluded items that the caller will not show; their scores are meaningless
   */
  score(query: BehaviourQuery, into: Float32Array, excluded?: ReadonlySet<number>): void;
}

/** Results of one candidate on the validation window: later orders that no candidate was fitted on. */
export interface CandidateMetrics {
  readonly name: string;
  readonly task: CompletionTask;
  /**
   * Hit rate and normalised discounted cumulative gain at 10 on baskets with products hidden, 0 to 1. Absent when there
   * was no basket to measure on; the default candidate is chosen then.
   */
  readonly hr10?: number;
  readonly ndcg10?: number;
  readonly fitMs: number;
  readonly isChosen: boolean;
  /**
   * For models that output probabilities: expected calibration error of the top ten items of each case, 0 to 1, with
   * and without calibration.
   */
  readonly calibrationError?: number;
  readonly rawCalibrationError?: number;
}

/** The `count` strongest partners of every item, from asking the chosen model with that item alone. */
export interface Neighbours {
  /** [items × count] item indices, strongest first, padded with -1. */
  readonly partner: Int32Array;
  /** [items × count] scores, scaled to 0..1 within each item. */
  readonly strength: Float32Array;
  readonly count: number;
}

/**
 * Serialises neighbours by item key, so that they survive a renumbering of the items. Layout: header length (32 bits,
 * little endian), JSON header `{count, keys}`, then per listed item `count` partners (32 bits each, -1 for none) and
 * strengths (16 bits, in 65,535ths). Items without any link are left out.
 *
 * @param itemKeys key of each item index
 */
export function encodeNeighbours(neighbours: Neighbours, itemKeys: readonly string[]): Uint8Array {
  const { count, partner, strength } = neighbours;
  const isUsed = new Uint8Array(itemKeys.length);
  itemKeys.forEach((_, item) => {
    for (let at = item * count; at < (item + 1) * count; at++) {
      if (partner[at]! >= 0) isUsed[item] = isUsed[partner[at]!] = 1;
    }
  });
  const used = [...itemKeys.keys()].filter((item) => isUsed[item] === 1);
  const rowOf = new Map(used.map((item, row) => [item, row]));
  const header = new TextEncoder().encode(
    JSON.stringify({ count, keys: used.map((item) => itemKeys[item]) }),
  );
  const bytes = new Uint8Array(4 + header.length + used.length * count * 6);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, header.length, true);
  bytes.set(header, 4);
  let at = 4 + header.length;
  for (const item of used) {
    for (let place = item * count; place < (item + 1) * count; place++, at += 6) {
      view.setInt32(at, rowOf.get(partner[place]!) ?? -1, true);
      view.setUint16(at + 4, Math.round(Math.min(1, Math.max(0, strength[place]!)) * 65_535), true);
    }
  }
  return bytes;
}

interface Numbering {
  /** Key → index. Keys that share an index are merged; the stronger of two links counts. */
  readonly indexOf: ReadonlyMap<string, number>;
  readonly items: number;
}

/**
 * Reads the bytes of `encodeNeighbours` into another numbering. Drops items and partners that have no index there.
 *
 * @throws RangeError when the bytes are truncated
 */
export function decodeNeighbours(bytes: Uint8Array, { indexOf, items }: Numbering): Neighbours {
  const { count, keys, partnersOf } = openNeighbours(bytes);
  const linksOf = new Map<number, Map<number, number>>();
  keys.forEach((key, row) => {
    const item = indexOf.get(key);
    if (item === undefined) return;
    const links = linksOf.get(item) ?? new Map<number, number>();
    linksOf.set(item, links);
    for (const [partnerKey, strength] of partnersOf(row)) {
      const partner = indexOf.get(partnerKey);
      if (partner === undefined || partner === item) continue;
      links.set(partner, Math.max(links.get(partner) ?? 0, strength));
    }
  });
  const partner = new Int32Array(items * count).fill(-1);
  const strength = new Float32Array(items * count);
  for (const [item, links] of linksOf) {
    // Stable sort: equally strong partners keep their order.
    const strongest = [...links].sort((a, b) => b[1] - a[1]).slice(0, count);
    strongest.forEach(([other, own], place) => {
      partner[item * count + place] = other;
      strength[item * count + place] = own;
    });
  }
  return { partner, strength, count };
}

/**
 * Keys of the items that go with the given ones, strongest first. The score is the sum over the given items of
 * `√(s · t)`: s is the strength of the link to the partner, t the strength of the link back. A best-seller stays low,
 * because every item links to it but it links to few. Known weakness: with fewer items than three times `count`, many
 * items link to each other by chance.
 *
 * @param bytes from `encodeNeighbours`
 * @throws RangeError when the bytes are truncated
 */
export function rankPartners(
  bytes: Uint8Array,
  given: ReadonlySet<string>,
): { readonly key: string; readonly strength: number }[] {
  const { keys, partnersOf } = openNeighbours(bytes);
  const rowOf = new Map(keys.map((key, row) => [key, row]));
  const strengths = new Map<string, number>();
  for (const key of given) {
    const row = rowOf.get(key);
    if (row === undefined) continue;
    for (const [partner, strength] of partnersOf(row)) {
      if (given.has(partner)) continue;
      const inTurn = [...partnersOf(rowOf.get(partner)!)].find(([other]) => other === key)?.[1] ?? 0;
      if (inTurn > 0) strengths.set(partner, (strengths.get(partner) ?? 0) + Math.sqrt(strength * inTurn));
    }
  }
  return [...strengths].map(([key, strength]) => ({ key, strength })).sort((a, b) => b.strength - a.strength);
}

function openNeighbours(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headerLength))) as {
    count: number;
    keys: string[];
  };
  const { count, keys } = header;
  if (bytes.byteLength < 4 + headerLength + keys.length * count * 6) {
    throw new RangeError("the neighbours of a model are cut off");
  }
  return {
    count,
    keys,
    /** Keys of a row's partners with their strength, 0 to 1, strongest first. */
    *partnersOf(row: number): Generator<readonly [string, number]> {
      for (let place = 0; place < count; place++) {
        const at = 4 + headerLength + (row * count + place) * 6;
        const partnerRow = view.getInt32(at, true);
        if (partnerRow >= 0) yield [keys[partnerRow]!, view.getUint16(at + 4, true) / 65_535];
      }
    },
  };
}
