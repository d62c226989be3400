import type { Pool } from "pg";

/** A shop with the app can remove it; a shop without can install it and send much at once. */
const HELD_MS = { known: 60_000, unknown: 2_000 } as const;
const MOST_HELD = 10_000;

/** Whether shops have the app, cached for a short time. The cache is bounded, because strangers choose the shops. */
export function openKnownShops(pool: Pool): (shop: string) => Promise<boolean> {
  const held = new Map<string, { readonly untilMs: number; readonly isKnown: Promise<boolean> }>();
  const ask = async (shop: string) => {
    const { rows } = await pool.query(`SELECT FROM "Shop" WHERE shop = $1 AND "uninstalledAt" IS NULL`, [
      shop,
    ]);
    return rows.length > 0;
  };
  return (domain) => {
    const shop = domain.toLowerCase();
    const now = performance.now();
    const known = held.get(shop);
    if (known && known.untilMs > now) return known.isKnown;
    if (held.size >= MOST_HELD) held.clear();
    const isKnown = ask(shop);
    held.set(shop, { untilMs: now + HELD_MS.unknown, isKnown });
    isKnown.then(
      (is) => is && held.set(shop, { untilMs: now + HELD_MS.known, isKnown }),
      () => held.delete(shop),
    );
    return isKnown;
  };
}
