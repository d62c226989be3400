import type { Deps } from "#app/services/deps.server.ts";
import { listOpenStretches } from "#app/data/bundles/publication.server.ts";

/** What the shop's own experiments do to the offers now, as the last pass saw it. */
export interface RolloutState {
  /** The Rollout for which offers are paused, because it withholds our discount from buyers; null without one. */
  readonly withheldByRollout: { readonly name: string; readonly since: Date } | null;
  /** Names of the Rollouts that show buyers another theme. */
  readonly themesTried: readonly string[];
}

/** Reads it from what publishing passes noted; asks Shopify nothing. */
export async function readRolloutState({ db }: Pick<Deps, "db">, shop: string): Promise<RolloutState> {
  const open = await listOpenStretches(db, shop);
  const withheld = open.find(({ kind }) => kind === "discount_withheld");
  return {
    withheldByRollout: withheld ? { name: withheld.name, since: withheld.startedAt } : null,
    themesTried: open.filter(({ kind }) => kind === "theme_tried").map(({ name }) => name),
  };
}
