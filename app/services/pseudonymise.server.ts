import { createHmac } from "node:crypto";

/** Half of SHA-256: with a million customers the odds that two share a key are below 1 in 10^25. */
const KEY_HEX_DIGITS = 32;

/**
 * Pseudonym of an id: HMAC-SHA256 under the shop's own secret, 32 hex digits. Without the secret, which is erased
 * with the shop, nobody can tell whether an id belongs to a key; two shops share no key for the same person.
 */
export function pseudonymise(secret: string, id: string): string {
  return createHmac("sha256", secret).update(id).digest("hex").slice(0, KEY_HEX_DIGITS);
}
