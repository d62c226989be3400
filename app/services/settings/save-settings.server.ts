import type { Deps } from "#app/services/deps.server.ts";
import { readSettings, saveSettings as store } from "#app/data/shops/shops.server.ts";
import { holdShopRow } from "#app/data/shop-lock.server.ts";
import { ShopSettings } from "#app/domain/shop-settings.ts";
import type { Result } from "#app/domain/result.ts";
import { askToPublish } from "#app/services/ask-workers.server.ts";
import { noteHoldoutShare } from "./note-holdout-share.server.ts";

/** A field that was refused and why. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

interface SavedSettings {
  /** As they are now. */
  readonly settings: ShopSettings;
  /** The given fields that had another value before. */
  readonly changedFields: readonly string[];
}

type Saving = Result<SavedSettings, "invalid" | "not_installed"> & {
  readonly problems?: readonly FieldProblem[];
};

/**
 * Changes the given settings, leaves the others, and asks the workers to carry them to the storefront. Two who save at
 * once do so one after the other, so that each keeps what the other changed.
 *
 * @param changes field names of `ShopSettings` with new values; unknown names are refused
 * @returns the settings, or what was wrong; then nothing is changed
 * @throws AppError input_invalid when the shop is unknown
 */
export async function saveSettings(
  deps: Deps,
  { shop, changes, now }: { shop: string; changes: Record<string, unknown>; now: Date },
): Promise<Saving> {
  const saved = await deps.db.$transaction(async (tx): Promise<Saving> => {
    await holdShopRow(tx, shop);
    const before = await readSettings(tx, shop);
    const merged = mergeSettings(before, changes);
    if (!merged.ok) return merged;
    const { settings } = merged.value;
    if (!(await store(tx, shop, settings))) return { ok: false, reason: "not_installed" };
    await noteHoldoutShare({ db: tx }, { shop, now, plan: settings, before });
    return merged;
  });
  if (!saved.ok) return saved;
  deps.log.info("settings.saved", { shop });
  await askToPublish(deps, { shop, now });
  return saved;
}

function mergeSettings(before: ShopSettings, changes: Record<string, unknown>): Saving {
  const parsed = ShopSettings.strict().safeParse({ ...before, ...changes });
  if (!parsed.success) {
    return refuse(parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), message })));
  }
  const settings = parsed.data;
  if (settings.minDiscountRatio > settings.maxDiscountRatio) {
    return refuse([{ field: "minDiscountRatio", message: "The lowest discount is above the highest" }]);
  }
  const changedFields = Object.keys(changes).filter(
    (name) => JSON.stringify(Reflect.get(before, name)) !== JSON.stringify(Reflect.get(settings, name)),
  );
  return { ok: true, value: { settings, changedFields } };
}

function refuse(problems: readonly FieldProblem[]): Saving {
  const detail = problems.map(({ message }) => message).join("; ");
  return { ok: false, reason: "invalid", detail, problems };
}
