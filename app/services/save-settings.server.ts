import type { Deps } from "#app/deps.server.ts";
import { readSettings, saveSettings as store } from "#app/data/settings.server.ts";
import { ShopSettings } from "#app/domain/validate/shop-settings.ts";
import type { Result } from "#app/domain/result.ts";
import { askToPublish } from "./ask-to-publish.server.ts";
import { noteHoldoutShare } from "./note-holdout-share.server.ts";

/** A field that was refused and why. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/**
 * Changes the given settings, leaves the others, and asks the workers to carry them to the storefront.
 *
 * @param changes field names of `ShopSettings` with new values; unknown names are refused
 * @returns the settings as they are now, or what was wrong; then nothing is changed
 */
export async function saveSettings(
  deps: Deps,
  { shop, changes, now }: { shop: string; changes: Record<string, unknown>; now: Date },
): Promise<
  Result<ShopSettings, "invalid" | "not_installed"> & { readonly problems?: readonly FieldProblem[] }
> {
  const before = await readSettings(deps.db, shop);
  const parsed = ShopSettings.strict().safeParse({ ...before, ...changes });
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), message }));
    return {
      ok: false,
      reason: "invalid",
      detail: problems.map((problem) => problem.message).join("; "),
      problems,
    };
  }
  if (parsed.data.minDiscountRatio > parsed.data.maxDiscountRatio) {
    const message = "The lowest discount is above the highest";
    return {
      ok: false,
      reason: "invalid",
      detail: message,
      problems: [{ field: "minDiscountRatio", message }],
    };
  }
  if (!(await store(deps.db, shop, parsed.data))) return { ok: false, reason: "not_installed" };
  await noteHoldoutShare(deps, { shop, now, plan: parsed.data, before });
  deps.log.info("settings.saved", { shop });
  await askToPublish(deps, { shop, now });
  return { ok: true, value: parsed.data };
}
