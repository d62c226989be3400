import type { Deps } from "#app/services/deps.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { findPinnedModel } from "#app/data/runs/models.server.ts";
import { findUsableModel, saveModelDecision } from "#app/data/runs/model-decisions.server.ts";
import { holdShopRow } from "#app/data/db.server.ts";
import type { Result } from "#app/domain/result.ts";

interface ModelChoice {
  readonly shop: string;
  /** A staff member's id, or `system`. */
  readonly actor: string;
  readonly now: Date;
}

interface ModelCommand extends ModelChoice {
  /** A version of the list; null lets the newest be used again. */
  readonly modelId: string | null;
  readonly words: Words;
}

/** Holds a version or lets go of it, and says how it went. */
export async function changeModel(
  deps: Deps,
  { shop, modelId, actor, now, words: { t } }: ModelCommand,
): Promise<{ readonly ok: boolean; readonly message: string }> {
  if (modelId === null) {
    const released = await releaseModel(deps, { shop, actor, now });
    return {
      ok: released.ok,
      message: t(released.ok ? "server:model.newest" : "server:model.newestAlready"),
    };
  }
  const held = await rollBackModel(deps, { shop, modelId, actor, now });
  if (held.ok) return { ok: true, message: t("server:model.held", { version: held.value.version }) };
  return { ok: false, message: t("server:model.notUsable") };
}

/**
 * Has proposals go by this version, an older one or the newest, from the next run on and until the merchant chooses
 * another or lets go of it with `releaseModel`. Runs go on training newer versions until then, to be compared; the
 * chosen one is kept however old it gets. What is published, and what was suggested before, stays as it is. Logged
 * with who and when; choosing what is already chosen changes and logs nothing.
 *
 * Known weakness: a product that came into the shop after the version has no partners until a newer one is used.
 *
 * @param modelId of the list
 * @returns the version that holds now; `not_usable` when its contents are gone, or its run did not succeed
 */
export async function rollBackModel(
  deps: Deps,
  { shop, modelId, actor, now }: ModelChoice & { readonly modelId: string },
): Promise<Result<{ version: number | null }, "not_found" | "not_usable">> {
  const result = await deps.db.$transaction(
    async (tx): Promise<Result<{ version: number | null }, "not_found" | "not_usable">> => {
      await holdShopRow(tx, shop);
      const model = await findUsableModel(tx, { shop, modelId });
      if (!model) return { ok: false, reason: "not_found" };
      const { step, version, isUsable } = model;
      if (!isUsable) return { ok: false, reason: "not_usable" };
      const pinned = await findPinnedModel(tx, { shop, step });
      if (pinned?.modelId !== modelId) {
        const decision = { action: "use" as const, modelId, version, decidedBy: actor, decidedAt: now };
        await saveModelDecision(tx, { shop, step, ...decision });
      }
      return { ok: true, value: { version } };
    },
  );
  if (result.ok) deps.log.info("behaviour.model_chosen", { shop, modelId, version: result.value.version });
  return result;
}

/**
 * Lets go of the version chosen with `rollBackModel`: from the next run on, proposals go by that run's own, the
 * newest, again. Logged with who and when.
 */
export async function releaseModel(
  deps: Deps,
  { shop, actor, now }: ModelChoice,
): Promise<Result<null, "not_chosen">> {
  const step = "behaviour";
  const result = await deps.db.$transaction(async (tx): Promise<Result<null, "not_chosen">> => {
    await holdShopRow(tx, shop);
    const pinned = await findPinnedModel(tx, { shop, step });
    if (!pinned) return { ok: false, reason: "not_chosen" };
    const { modelId, version } = pinned;
    const decision = { action: "release" as const, modelId, version, decidedBy: actor, decidedAt: now };
    await saveModelDecision(tx, { shop, step, ...decision });
    return { ok: true, value: null };
  });
  if (result.ok) deps.log.info("behaviour.model_released", { shop });
  return result;
}
