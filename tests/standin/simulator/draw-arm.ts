import type { Random } from "./random.ts";

export type Arm = "treated" | "holdout";

/**
 * The arm of a visitor as the theme block draws it: FNV-1a, 32 bits, over the UTF-16 code units of `salt:visitor`,
 * modulo 1000, below the holdout's share.
 *
 * @param holdoutPermille 0 to 1000
 */
export function drawArm(
  visitor: string,
  { salt, holdoutPermille }: { readonly salt: string; readonly holdoutPermille: number },
): Arm {
  let hash = 0x811c9dc5;
  const text = `${salt}:${visitor}`;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % 1000 < holdoutPermille ? "holdout" : "treated";
}

/** A visitor's key, 32 hexadecimal digits, as the theme block makes it, but from a seed. */
export function drawVisitorKey(random: Random): string {
  return Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join("");
}

/** An event's id in the shape of a version 4 UUID, from a seed. */
export function drawEventId(random: Random): string {
  const hex = drawVisitorKey(random);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
