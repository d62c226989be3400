/** The visitor's arm: `t` sees offers, `h` is the holdout. */
type ArmLetter = "t" | "h";

/** The visitor's pseudonym, and the arm if the storefront has given it. */
export interface Visitor {
  /** 32 hex digits. */
  key: string;
  arm: ArmLetter | null;
}

const VISITOR = /^[0-9a-f]{32}$/;

/** The value if it is a valid pseudonym, otherwise null. */
export function toVisitorKey(value: unknown): string | null {
  return typeof value === "string" && VISITOR.test(value) ? value : null;
}

export function toArm(value: unknown): ArmLetter | null {
  return value === "t" || value === "h" ? value : null;
}

/** Parses the cookie `bundlesmith`: `t:VISITOR` or `h:VISITOR`; null for anything else. */
export function parseArm(value: unknown): Visitor | null {
  if (typeof value !== "string") return null;
  const arm = toArm(value[0]);
  const key = toVisitorKey(value.slice(2));
  return arm !== null && value[1] === ":" && key !== null ? { key, arm } : null;
}

/**
 * A pseudonym for a browser without the theme block's cookie: four FNV-1a hashes of Shopify's client id, so that the id
 * itself never leaves the shop. Stable per client id.
 */
export function hashClientId(clientId: string): string {
  let digits = "";
  for (let part = 0; part < 4; part++) {
    let hash = 0x811c9dc5;
    for (const unit of `${part}:${clientId}`) hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193);
    digits += (hash >>> 0).toString(16).padStart(8, "0");
  }
  return digits;
}
