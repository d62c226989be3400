/**
 * Places by group: group g has `places[offsets[g]]` to `places[offsets[g + 1]]`, exclusive, ascending.
 *
 * @param groupOf [places] group of each place, 0 to groups − 1
 */
export function listPlaces(
  groups: number,
  groupOf: ArrayLike<number>,
): { readonly offsets: Uint32Array; readonly places: Uint32Array } {
  const offsets = new Uint32Array(groups + 1);
  for (let place = 0; place < groupOf.length; place++) offsets[groupOf[place]! + 1]! += 1;
  for (let group = 0; group < groups; group++) offsets[group + 1]! += offsets[group]!;
  const next = offsets.slice();
  const places = new Uint32Array(groupOf.length);
  for (let place = 0; place < groupOf.length; place++) places[next[groupOf[place]!]!++] = place;
  return { offsets, places };
}

/** Values by key, keys and values in order of first appearance, like `Map.groupBy` from Node 21 on. */
export function groupBy<T, K>(values: Iterable<T>, keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
