import { relateNames, type ProductName } from "./title-similarity.ts";

/** Where more of those bought with a product share its name, they are its designs, picked by the handful. */
const MOST_LIKE_NAMED = 2;

/**
 * Of products that are bought with those given the ones that are not these in another design, in their order: none that
 * differs from one of them by size, amount, colour or material, and of like named ones all or none ("rosemary shampoo" and
 * "rosemary conditioner", but not nine lunch bags).
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
