import type { Deps } from "#app/services/deps.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { DecisionConflict } from "#app/services/validate/decide-bundle.server.ts";
import { toDecisionView } from "./describe-decision.server.ts";
import { openShop } from "./open-shop.server.ts";

/** What was decided about bundles since a page was drawn, as the merchant reads it who wished to decide by that page. */
export async function describeConflicts(
  { db }: Pick<Deps, "db">,
  {
    shop,
    viewer,
    decided,
    words,
  }: { shop: string; viewer: string; decided: readonly DecisionConflict[]; words: Words },
) {
  if (decided.length === 0) return [];
  const { format } = await openShop({ db }, { shop, words });
  return decided.map(({ bundleId, title, status, isStillPossible, ...decision }) => {
    const entry = { detail: null, ...decision, id: bundleId };
    const { what, who, at } = toDecisionView(entry, { viewer, format, words });
    return {
      bundleId,
      title,
      status,
      isStillPossible,
      text: words.t("server:decisionConflict", { what, who, at }),
    };
  });
}
