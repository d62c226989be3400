import { relateNames, type ProductName } from "./title-similarity.ts";

/** If more of the products bought together share its name, they are designs that shoppers pick by the handful. */
const MOST_LIKE_NAMED = 2;

/**
 * Removes other designs of the given products from the products bought with them. Drops a product that differs only by
 * size, amount, colour or material. Keeps products with the same name if they are few ("rosemary shampoo", "rosemary
 * conditioner"), else drops all of them (nine lunch bags). Keeps the order.
 */
export function leaveOutDesigns<T extends { readonly name: ProductName }>(
  found: readonly T[],
  given: readonly ProductName[],
): T[] {
  const related = found.flatMap((one) => {
    const relations = given.map((name) => relateNames(name, one.name));
    return relations.includes("variant") ? [] : [{ one, isLikeNamed: relations.includes("related") }];
  });
  const hasDesigns = related.filter(({ isLikeNamed }) => isLikeNamed).length > MOST_LIKE_NAMED;
  return related.flatMap(({ one, isLikeNamed }) => (isLikeNamed && hasDesigns ? [] : [one]));
}
