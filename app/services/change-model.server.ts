import type { Deps } from "#app/deps.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { releaseModel, rollBackModel } from "./roll-back-model.server.ts";

interface ModelCommand {
  readonly shop: string;
  /** A version of `listModels`; null lets the newest be used again. */
  readonly modelId: string | null;
  readonly actor: string;
  readonly now: Date;
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
