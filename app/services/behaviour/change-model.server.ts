import type { Asked, Deps } from "#app/services/deps.server.ts";
import { findPinnedModel } from "#app/data/runs/models.server.ts";
import { findUsableModel, saveModelDecision } from "#app/data/runs/model-decisions.server.ts";
import { holdShopRow } from "#app/data/db.server.ts";

interface ModelCommand extends Asked {
  /** A version of the list; null lets the newest be used again. */
  readonly modelId: string | null;
  /** A staff member's id, or `system`. */
  readonly actor: string;
}

/**
 * Has proposals go by this version, an older one or the newest, from the next run on and until the merchant chooses
 * another or lets go of it; then they go by each run's own, the newest, again. Runs go on training newer versions until
 * then, to be compared; the chosen one is kept however old it gets. What is published, and what was suggested before, stays
 * as it is. Logged with who and when; choosing what is already chosen changes and logs nothing.
 *
 * Known weakness: a product that came into the shop after the version has no partners until a newer one is used.
 *
 * @returns how it went, in the merchant's words
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
