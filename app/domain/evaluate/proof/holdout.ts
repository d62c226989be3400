export type Arm = "treated" | "holdout";

interface HoldoutDraw {
  /** Public salt of the shop, so that no two shops divide their visitors alike. */
  readonly salt: string;
  /** Share of visitors held out, in thousandths, 0 to 500. */
  readonly holdoutPermille: number;
}

/**
 * The arm of a visitor, always the same: holdout if `fnv1a(salt:visitorKey) mod 1000 < holdoutPermille`. The theme
 * block does the same arithmetic in the shopper's browser.
 */
export function armOf(visitorKey: string, { salt, holdoutPermille }: HoldoutDraw): Arm {
  return hashText(`${salt}:${visitorKey}`) % 1000 < holdoutPermille ? "holdout" : "treated";
}

/**
 * FNV-1a, 32 bits, over UTF-16 code units.
 *
 * @see Fowler, Noll, Vo; not for secrets: anyone who knows the salt can compute the arm
 */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
