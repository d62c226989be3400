import { createHash } from "node:crypto";

/**
 * Which of two messages on the same thing is the later one: `updated_at` has seconds, so between two of one second
 * the moment decides at which Shopify raised them.
 */
export function isNotOlder(table: string): string {
  return (
    `(${table}."sourceUpdatedAt", COALESCE(${table}."sourceTriggeredAt", '-infinity')) ` +
    `<= (EXCLUDED."sourceUpdatedAt", COALESCE(EXCLUDED."sourceTriggeredAt", '-infinity'))`
  );
}

/** Fingerprint of what a message says, to tell another one of the very same moment from its repeat. */
export function toSourceDigest(event: object): string {
  return createHash("sha256").update(JSON.stringify(event)).digest("base64url").slice(0, 22);
}
