import { z } from "zod";

import { findBundle } from "#app/data/bundles/read-bundles.server.ts";
import { type OfferTerms, type Reward, toOfferTerms } from "#app/domain/offer/offer.ts";
import type { Words } from "#app/locales/words.server.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import type { Deps } from "#app/services/deps.server.ts";
import type { BundleRequest, DecisionConflict } from "./decide-bundle.server.ts";
import { editBundle } from "./edit-bundle.server.ts";
import { readTypedTerms } from "./typed-terms.server.ts";

/** As typed; an empty field stays as each offer has it. */
const Typed = z.string().max(40);
export const SharedTerms = z.object({ percent: Typed, startsOn: Typed, endsOn: Typed, placement: Typed });
export type SharedTerms = z.infer<typeof SharedTerms>;

interface EditRequest extends Omit<BundleRequest, "bundleId"> {
  readonly bundleIds: readonly string[];
  readonly typed: SharedTerms;
  /** The newest log entry seen of each bundle, "" for none; a missing bundle is not checked. */
  readonly seenNewest?: ReadonlyMap<string, string>;
  readonly words: Words;
}

interface EditTally {
  readonly ok: boolean;
  readonly message: string;
  readonly ids: readonly string[];
  /** Changes by others to the same fields since, of the bundles that were not changed. */
  readonly conflicts: readonly DecisionConflict[];
}

/**
 * Changes the same terms of several offers one after another, each with its own log entry. One that cannot be changed
 * (tiers have no percentage for the whole) does not affect the others.
 *
 * @returns ids of the changed offers, and a message for the merchant: their number, the shop's limits that they exceed,
 *   and why the others were not changed
 */
export async function editBundles(
  deps: Deps,
  { bundleIds, typed, seenNewest, words, ...each }: EditRequest,
): Promise<EditTally> {
  const { shop } = each;
  const { percent, ...others } = typed;
  const filled = Object.fromEntries(Object.entries(others).filter(([, text]) => text !== ""));
  const offer = { kind: "set", rewardType: "percent", rewardValue: percent };
  const read = await readTypedTerms(deps, {
    shop,
    words,
    typed: { ...filled, ...(percent === "" ? {} : { offer }) },
  });
  if (!read.ok)
    return {
      ok: false,
      message: joinSentences([...new Set(read.problems.map(({ message }) => message))], words.t),
      ids: [],
      conflicts: [],
    };
  const { terms: shared, ...changes } = read.value;
  const reasons = new Set<string>();
  const warnings = new Set<string>();
  const ids: string[] = [];
  const conflicts: DecisionConflict[] = [];
  for (const bundleId of bundleIds) {
    const bundle = await findBundle(deps.db, { shop, bundleId });
    if (!bundle) {
      reasons.add(words.t("server:undecided.not_found"));
      continue;
    }
    const terms = shared?.kind === "set" ? withReward(toOfferTerms(bundle), shared.reward) : undefined;
    if (terms === null) {
      reasons.add(words.t("edit:keepsReward"));
      continue;
    }
    const edited = await editBundle(deps, {
      ...each,
      bundleId,
      changes: { ...changes, ...(terms && { terms }) },
      seenNewest: seenNewest?.get(bundleId),
    });
    if (edited.ok) {
      ids.push(bundleId);
      for (const warning of edited.value.warnings) warnings.add(read.toMessage(warning).message);
      continue;
    }
    for (const problem of edited.problems ?? []) reasons.add(read.toMessage(problem).message);
    if (edited.conflict) {
      reasons.add(words.t("common:conflict.changed"));
      conflicts.push(edited.conflict);
    }
  }
  const refused = bundleIds.length - ids.length;
  const done = words.t("server:done.edit", { count: ids.length });
  const why = { done, count: refused, reasons: joinSentences([...reasons], words.t) };
  const stated = refused > 0 ? words.t("server:done.refused", why) : done;
  return { ok: refused === 0, message: joinSentences([stated, ...warnings], words.t), ids, conflicts };
}

/** The same terms with another reward for the whole; null if the kind has none. */
function withReward(terms: OfferTerms, reward: Reward): OfferTerms | null {
  return terms.kind === "set" || terms.kind === "range" ? { ...terms, reward } : null;
}
