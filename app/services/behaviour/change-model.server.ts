import type { Asked, Deps } from "#app/services/deps.server.ts";
import { findPinnedModel } from "#app/data/runs/models.server.ts";
import { findUsableModel, saveModelDecision } from "#app/data/runs/model-decisions.server.ts";
import { holdShopRow } from "#app/data/db.server.ts";

interface ModelCommand extends Asked {
  /** A version in the list; null goes back to the newest. */
  readonly modelId: string | null;
  /** A staff member's id, or `system`. */
  readonly actor: string;
}

/**
 * Pins the model version that proposals use, from the next run until the merchant changes it; null uses the newest of
 * each run again. Runs keep training newer versions to compare, and the pinned version is never deleted for its age.
 * Does not change published offers or earlier suggestions. Logs who and when; does nothing if the version is already in
 * use.
 *
 * Known weakness: a product that is newer than the version has no partners until a newer version is used.
 *
 * @returns the outcome, in the merchant's language
 */
export async function changeModel(
  deps: Deps,
  { shop, modelId, actor, now, words: { t } }: ModelCommand,
): Promise<{ readonly ok: boolean; readonly message: string }> {
  const step = "behaviour";
  const changed = await deps.db.$transaction(async (tx) => {
    await holdShopRow(tx, shop);
    const pinned = await findPinnedModel(tx, { shop, step });
    const model = modelId === null ? pinned : await findUsableModel(tx, { shop, step, modelId });
    if (model && pinned?.modelId !== modelId) {
      const { modelId: id, version } = model;
      const decision = {
        action: modelId === null ? ("release" as const) : ("use" as const),
        modelId: id,
        version,
      };
      await saveModelDecision(tx, { shop, step, ...decision, decidedBy: actor, decidedAt: now });
    }
    return model;
  });
  if (changed) {
    const event = modelId === null ? "behaviour.model_released" : "behaviour.model_chosen";
    deps.log.info(event, { shop, modelId: changed.modelId, version: changed.version });
  }
  if (modelId === null) {
    return {
      ok: changed !== null,
      message: t(changed ? "server:model.newest" : "server:model.newestAlready"),
    };
  }
  if (!changed) return { ok: false, message: t("server:model.notUsable") };
  return { ok: true, message: t("server:model.held", { version: changed.version }) };
}
