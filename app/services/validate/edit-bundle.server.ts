import type { Deps } from "#app/services/deps.server.ts";
import {
  saveBundleTerms,
  saveComponents,
  replaceEvidence,
  saveDecision,
} from "#app/data/bundles/bundle-edits.server.ts";
import { lockBundle, type BundleRow } from "#app/data/bundles/bundles.server.ts";
import { findBundle, listInBrief } from "#app/data/bundles/read-bundles.server.ts";
import { holdShopRow, type Db } from "#app/data/db.server.ts";
import { readKeptShop, toSettings } from "#app/data/shops/shops.server.ts";
import { OfferTitles, toOfferTerms } from "#app/domain/offer/offer.ts";
import type { Result } from "#app/domain/result.ts";
import { BundleChanges, ReturnedTerms, type EditProblem } from "#app/domain/validate/check-bundle-edit.ts";
import { findEditSince } from "#app/domain/validate/decide.ts";
import { askToPublish } from "#app/services/ask-workers.server.ts";
import type { BundleRequest, DecisionConflict, SeenAs } from "./decide-bundle.server.ts";
import { keepExpected } from "#app/services/evaluate/read-offer-evidence.server.ts";
import { MERCHANT_KIND } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { planEdit, shareOf, type PlannedEdit } from "./plan-edit.server.ts";
import { CHOSEN_BY_HAND } from "./replace-components.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { readTypedTerms, type FieldMessage } from "./typed-terms.server.ts";

interface EditRequest extends BundleRequest, Pick<SeenAs, "seenNewest"> {
  /** Fields of `BundleChanges`; absent ones stay. */
  readonly changes: Record<string, unknown>;
  /** Whether the changes restore earlier terms. */
  readonly isReturn?: boolean;
}

type EditResult = Result<{ warnings: EditProblem[] }, "not_found" | "invalid" | "decision_conflict"> & {
  /** Problems by field. */
  readonly problems?: readonly EditProblem[];
  /** The existing offer that is the same. */
  readonly twin?: { readonly id: string; readonly title: string };
  readonly conflict?: DecisionConflict;
};

/**
 * Changes a bundle on the merchant's request, logs it, and has the workers update the storefront.
 *
 * @returns warnings that do not prevent the change (margin below the floor, discount above the limit), or problems;
 *   then nothing is changed
 */
export async function editBundle(
  deps: Deps,
  { shop, bundleId, changes, decidedBy, now, isReturn = false, seenNewest }: EditRequest,
): Promise<EditResult> {
  const parsed = (isReturn ? ReturnedTerms : BundleChanges).safeParse(changes);
  if (!parsed.success) {
    return invalid(
      parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), code: message })),
    );
  }
  const { currency, ...row } = await readKeptShop(deps.db, shop);
  const settings = toSettings(shop, row.settings);
  const result = await deps.db.$transaction(async (tx): Promise<EditResult> => {
    // Serialized, so that the second of two same combinations finds the first.
    await holdShopRow(tx, shop);
    const before = await lockBundle(tx, { shop, bundleId });
    if (!before) return { ok: false, reason: "not_found" };
    const conflict = await findConflict(tx, before, parsed.data, seenNewest);
    if (conflict) return { ok: false, reason: "decision_conflict", conflict };
    const plan = await planEdit(tx, before, parsed.data, { settings, currency, isReturn, now });
    if (!plan.ok) return { ...plan, reason: "invalid" };
    await saveBundleTerms(tx, before, plan.terms);
    if (plan.quantities) {
      await saveComponents(tx, before, plan.components);
      // The evidence of the former combination does not hold for this one.
      if (plan.isReplacing || plan.isOther) await replaceEvidence(tx, before, [CHOSEN_BY_HAND]);
    }
    const detail = { before: toLoggedTerms(before), changes: toLoggedChanges(parsed.data, plan) };
    await saveDecision(tx, {
      shop,
      bundleId,
      decidedBy,
      action: "edit",
      detail: JSON.parse(JSON.stringify(detail)),
      decidedAt: now,
    });
    return { ok: true, value: { warnings: plan.warnings } };
  });
  if (result.ok) {
    deps.log.info("validate.edited", { bundleId });
    await keepExpected(deps, { shop, bundleId, now });
    await askToPublish(deps, { shop });
  }
  return result;
}

/** A change of the same fields since the page that the merchant saw; null without one, or if that page is unknown. */
async function findConflict(
  tx: Db,
  { id: bundleId, shop, title, status }: BundleRow,
  changes: BundleChanges,
  seenNewest: string | undefined,
): Promise<DecisionConflict | null> {
  if (seenNewest === undefined) return null;
  const log = (await findBundle(tx, { shop, bundleId }))!.decisions;
  const fields = Object.entries(changes).flatMap(([field, value]) => (value === undefined ? [] : [field]));
  const other = findEditSince(log, seenNewest, fields);
  return other ? { ...other, title, status, isStillPossible: true } : null;
}

/** The changes as logged: a set's share of the price as the ratio alone, products by gid, no collection. */
function toLoggedChanges(
  changes: BundleChanges,
  { terms, quantities, components, isReplacing }: PlannedEdit,
) {
  const logged = { ...changes, ...(changes.terms ? { discountRatio: terms.discountRatio } : {}) };
  if (shareOf(terms.terms) !== null) delete logged.terms;
  delete logged.collectionGid;
  delete logged.components;
  return {
    ...logged,
    ...(quantities ? { quantities } : {}),
    ...(isReplacing ? { components: components.map(({ variantGid }) => variantGid) } : {}),
  };
}

/** The terms as logged; components by gid, without quantities. */
function toLoggedTerms(bundle: BundleRow) {
  return {
    title: bundle.title,
    discountRatio: bundle.discountRatio,
    ...(bundle.terms === null ? {} : { terms: toOfferTerms(bundle) }),
    timesPerOrder: bundle.timesPerOrder,
    titles: OfferTitles.parse(bundle.titles),
    startsAt: bundle.startsAt?.toISOString() ?? null,
    endsAt: bundle.endsAt?.toISOString() ?? null,
    quantities: bundle.components.map(({ quantity }) => quantity),
    components: bundle.components.map(({ variantGid }) => variantGid),
    letsShopperChoose: bundle.letsShopperChoose,
    placement: bundle.placement,
    countries: bundle.countries,
    note: bundle.note,
  };
}

function invalid(problems: readonly EditProblem[]): EditResult {
  return { ok: false, reason: "invalid", problems };
}

type TermsOutcome =
  | { readonly ok: true; readonly warnings: readonly string[] }
  | {
      readonly ok: false;
      readonly message: string;
      readonly problems: readonly FieldMessage[];
      readonly conflict?: DecisionConflict;
    };

interface TermsRequest extends BundleRequest, Pick<SeenAs, "seenNewest"> {
  readonly words: Words;
  /** The changed fields of `termsFormIn` from the app's page; untrusted. */
  readonly typed: unknown;
}

/** Saves the fields of a bundle that the merchant changed, or reports problems by field and changes nothing. */
export async function editBundleTerms(
  deps: Deps,
  { typed, words, ...where }: TermsRequest,
): Promise<TermsOutcome> {
  const read = await readTypedTerms(deps, { shop: where.shop, typed, words });
  if (!read.ok) return { ok: false, message: words.t("server:correctFields"), problems: read.problems };
  const edited = await editBundle(deps, { ...where, changes: read.value });
  if (edited.ok)
    return { ok: true, warnings: edited.value.warnings.map((one) => read.toMessage(one).message) };
  if (!edited.problems) {
    const { conflict } = edited;
    return { ok: false, message: words.t("server:notChanged"), problems: [], ...(conflict && { conflict }) };
  }
  const { twin } = edited;
  const problems = edited.problems
    .map(read.toMessage)
    .map((problem) => (twin ? { ...problem, message: `${problem.message} (${twin.title})` } : problem));
  return { ok: false, message: words.t("server:correctFields"), problems };
}

/** Saves the effect that the shop's orders suggest for each undecided offer made by hand. */
export async function expectDrafts(
  deps: Pick<Deps, "db" | "pool">,
  { shop, now, signal }: { readonly shop: string; readonly now: Date; readonly signal: AbortSignal },
): Promise<void> {
  const drafts = await listInBrief(deps.db, { shop, statuses: ["proposed"], kind: MERCHANT_KIND });
  for (const { id: bundleId } of drafts) {
    signal.throwIfAborted();
    await keepExpected(deps, { shop, bundleId, now });
  }
}
