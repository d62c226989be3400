import type { Deps } from "#app/services/deps.server.ts";
import { findAutopilot } from "#app/data/bundles/autopilot.server.ts";
import { listLiveBundles } from "#app/data/bundles/bundles.server.ts";
import { decideBundles } from "./decide-bundle.server.ts";
import { switchAutopilotOff } from "./switch-autopilot.server.ts";

/**
 * Pauses every bundle that is or is about to be on the storefront: the merchant's emergency stop. Each pause is a
 * separate decision in the log and can be resumed or undone. The autopilot is switched off first, so that it resumes
 * nothing that it held.
 *
 * @returns which were paused, and why the others were not
 */
export async function pauseAllBundles(
  deps: Deps,
  { shop, decidedBy, now }: { shop: string; decidedBy: string; now: Date },
) {
  if ((await findAutopilot(deps.db, shop)).onSince !== null) await switchAutopilotOff(deps, { shop });
  const bundleIds = (await listLiveBundles(deps.db, shop)).map(({ id }) => id);
  return decideBundles(deps, { shop, bundleIds, decision: "pause", decidedBy, now });
}
