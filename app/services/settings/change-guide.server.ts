import { saveAuditEntry } from "#app/data/shops/staff.server.ts";
import { saveShopNote } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";

interface GuideChange {
  readonly shop: string;
  readonly staffId: string;
  readonly isHidden: boolean;
  readonly now: Date;
}

/** Hides the set-up guide for the whole shop, or shows it again. */
export async function changeGuide(
  deps: Pick<Deps, "db">,
  { shop, staffId, isHidden, now }: GuideChange,
): Promise<void> {
  await saveShopNote(deps.db, shop, { guideHiddenAt: isHidden ? now : null });
  await saveAuditEntry(deps.db, { shop, staffId, action: isHidden ? "guide-hide" : "guide-show", at: now });
}
