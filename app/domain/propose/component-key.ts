/**
 * Stable key of a combination, by which a later run knows it again: its sorted keys with quantities. Other units of the
 * same products are another combination.
 *
 * @param components key (in the app the variant gid) and units of each, in any order
 */
export function componentKeyOf(
  components: readonly { readonly key: string; readonly quantity: number }[],
): string {
  return components
    .map(({ key, quantity }) => `${key}*${quantity}`)
    .sort()
    .join("|");
}
