import type { Deps } from "#app/services/deps.server.ts";
import {
  findTwin,
  findTwinOfProducts,
  saveBundleTerms,
  saveComponents,
  replaceEvidence,
  saveDecision,
} from "#app/data/bundles/bundle-edits.server.ts";
import { lockBundle, type BundleRow, readVariants } from "#app/data/bundles/bundles.server.ts";
import { findBundle, listInBrief } from "#app/data/bundles/read-bundles.server.ts";
import { holdShopRow } from "#app/data/db.server.ts";
import { readKeptShop, toSettings } from "#app/data/shops/shops.server.ts";
import { checkTerms, type OfferTerms, OfferTitles, toOfferTerms } from "#app/domain/offer/offer.ts";
import { offerKeyOf } from "#app/domain/offer/offer-key.ts";
import { discountRatioOf, listSteps } from "#app/domain/publish/price-steps.ts";
import { isPool } from "#app/domain/publish/storefront-offer.ts";
import type { Result } from "#app/domain/result.ts";
import { costBesidePrice } from "#app/domain/shop-settings.ts";
import {
  BundleChanges,
  checkBundleEdit,
  ReturnedTerms,
  type EditProblem,
} from "#app/domain/validate/check-bundle-edit.ts";
import { findEditSince } from "#app/domain/validate/decide.ts";
import { askToPublish } from "#app/services/ask-workers.server.ts";
import type { BundleRequest, DecisionConflict } from "./decide-bundle.server.ts";
import { keepExpected } from "#app/services/evaluate/read-offer-evidence.server.ts";
import { MERCHANT_KIND } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { CHOSEN_BY_HAND, planReplacement } from "./replace-components.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { readTypedTerms, type FieldMessage } from "./typed-terms.server.ts";

interface EditRequest extends BundleRequest {
  /** Fields of `BundleChanges`; absent ones stay. */
  readonly changes: Record<string, unknown>;
  /** Whether the changes restore earlier terms. */
  readonly isReturn?: boolean;
  /** The newest log entry that the merchant saw, "" for none: later changes are not overwritten unseen. */
  readonly seenNewest?: string | undefined;
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
  const { discountRatio, startsAt, endsAt, components, timesPerOrder, ...wished } = parsed.data;
  const { currency: shopCurrency, ...row } = await readKeptShop(deps.db, shop);
  const settings = toSettings(shop, row.settings);
  const result = await deps.db.$transaction(async (tx): Promise<EditResult> => {
    // Serialized, so that the second of two same combinations finds the first.
    await holdShopRow(tx, shop);
    const before = await lockBundle(tx, { shop, bundleId });
    if (!before) return { ok: false, reason: "not_found" };
    if (seenNewest !== undefined) {
      const log = (await findBundle(tx, { shop, bundleId }))!.decisions;
      const fields = Object.entries(parsed.data).flatMap(([field, value]) =>
        value === undefined ? [] : [field],
      );
      const other = findEditSince(log, seenNewest, fields);
      const { title, status } = before;
      const conflict = other && { ...other, title, status, isStillPossible: true };
      if (conflict) return { ok: false, reason: "decision_conflict", conflict };
    }
    const isReplacing = components !== undefined && !holdsSame(components, before.components);
    const quantities = isReplacing
      ? components.map(({ quantity }) => quantity)
      : (components?.map(({ quantity }) => quantity) ?? wished.quantities);
    if (!isReplacing && quantities && quantities.length !== before.components.length) {
      return invalid([{ field: "quantities", code: "everyProduct" }]);
    }
    const replacement = isReplacing ? await planReplacement(tx, before, components) : null;
    if (replacement && !replacement.ok) {
      return invalid([{ field: "components", code: replacement.reason }]);
    }
    const sold = toOfferTerms(before);
    const wanted = wished.terms ?? (discountRatio === undefined ? sold : toShare(discountRatio));
    if (wanted.kind !== sold.kind) return invalid([{ field: "terms", code: "keepsKind" }]);
    const units = replacement?.value ?? before.components;
    const held = units.map((component, at) => ({
      ...component,
      quantity: quantities?.[at] ?? component.quantity,
    }));
    // A pool whose products are chosen one by one no longer follows its collection.
    const collectionGid = isReplacing || wished.collectionGid === null ? null : before.collectionGid;
    const componentKey = offerKeyOf(wanted, held, collectionGid);
    const isOther = componentKey !== offerKeyOf(sold, before.components, before.collectionGid);
    const letsShopperChoose = wished.letsShopperChoose ?? before.letsShopperChoose;
    const opens = letsShopperChoose && (isOther || !before.letsShopperChoose) && !isPool(wanted);
    const twin =
      (isOther ? await findTwin(tx, before, componentKey) : null) ??
      (opens ? await findTwinOfProducts(tx, before, { terms: wanted, components: held }) : null);
    if (twin) {
      const field = isOther ? "components" : "letsShopperChoose";
      return { ...invalid([{ field, code: "combinationExists" }]), twin };
    }
    const today = await readVariants(tx, shop, held);
    const priced = held.map((component) => ({
      ...component,
      priceMinor: today.get(component.variantGid)?.priceMinor ?? component.priceMinor,
      costMinor: costBesidePrice(settings, today.get(component.variantGid)?.costMinor),
    }));
    // Typed amounts are in the shop's present currency, restored ones in the earlier one.
    const currency = wished.terms && !isReturn ? shopCurrency : before.currency;
    const steps = listSteps(wanted, priced, { ...settings, currency });
    const hasOtherTerms =
      isOther || currency !== before.currency || JSON.stringify(wanted) !== JSON.stringify(sold);
    const terms = {
      terms: wanted,
      discountRatio: hasOtherTerms ? (shareOf(wanted) ?? discountRatioOf(steps)) : before.discountRatio,
      startsAt: startsAt === undefined ? before.startsAt : startsAt,
      endsAt: endsAt === undefined ? before.endsAt : endsAt,
    };
    const { problems, warnings } = checkBundleEdit(
      { ...terms, setsEnd: endsAt !== undefined, steps },
      settings,
      now,
    );
    const mistakes = hasOtherTerms ? checkTerms(wanted, priced) : [];
    if (mistakes.length + problems.length > 0) return invalid([...mistakes, ...problems]);
    await saveBundleTerms(tx, before, {
      ...terms,
      componentKey: isOther ? componentKey : before.componentKey,
      collectionGid,
      currency,
      title: wished.title ?? before.title,
      letsShopperChoose,
      placement: wished.placement ?? before.placement,
      countries: wished.countries ?? before.countries,
      timesPerOrder: timesPerOrder === undefined ? before.timesPerOrder : timesPerOrder,
      titles: wished.titles ?? OfferTitles.parse(before.titles),
      note: wished.note ?? before.note,
    });
    if (quantities) {
      await saveComponents(tx, before, held);
      // The evidence of the former combination does not hold for this one.
      if (replacement || isOther) await replaceEvidence(tx, before, [CHOSEN_BY_HAND]);
    }
    const changed = { ...parsed.data };
    delete changed.components;
    delete changed.collectionGid;
    if (changed.terms) changed.discountRatio = terms.discountRatio;
    if (shareOf(wanted) !== null) delete changed.terms;
    await saveDecision(tx, {
      shop,
      bundleId,
      decidedBy,
      action: "edit",
      detail: JSON.parse(
        JSON.stringify({
          before: toLoggedTerms(before),
          changes: {
            ...changed,
            ...(quantities ? { quantities } : {}),
            ...(replacement ? { components: held.map(({ variantGid }) => variantGid) } : {}),
          },
        }),
      ),
      decidedAt: now,
    });
    return { ok: true, value: { warnings } };
  });
  if (result.ok) {
    deps.log.info("validate.edited", { bundleId });
    await keepExpected(deps, { shop, bundleId, now });
    await askToPublish(deps, { shop });
  }
  return result;
}

function holdsSame(
  wanted: readonly { readonly variantGid: string }[],
  held: readonly { readonly variantGid: string }[],
): boolean {
  return (
    wanted.length === held.length && wanted.every(({ variantGid }, at) => variantGid === held[at]!.variantGid)
  );
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

/** A ratio of a set's price as terms. */
function toShare(discountRatio: number): OfferTerms {
  return { kind: "set", reward: { type: "percent", basisPoints: Math.round(discountRatio * 10_000) } };
}

/** Discount ratio of a set's terms, 0 to 1; null for other terms. */
export function shareOf(terms: OfferTerms): number | null {
  if (terms.kind !== "set" || terms.reward.type !== "percent") return null;
  return terms.reward.basisPoints / 10_000;
}

function invalid(problems: readonly EditProblem[]): EditResult {
  return { ok: false, reason: "invalid", problems };
}

type TermsOutcome =
  | { readonly ok: true; readonly warnings: readonly FieldMessage[] }
  | {
      readonly ok: false;
      readonly message: string;
      readonly problems: readonly FieldMessage[];
      readonly conflict?: DecisionConflict;
    };

interface TermsRequest extends BundleRequest {
  readonly words: Words;
  /** The changed fields of `termsFormIn` from the app's page; untrusted. */
  readonly typed: unknown;
  readonly seenNewest?: string | undefined;
}

/** Saves the fields of a bundle that the merchant changed, or reports problems by field and changes nothing. */
export async function editBundleTerms(
  deps: Deps,
  { typed, words, ...where }: TermsRequest,
): Promise<TermsOutcome> {
  const read = await readTypedTerms(deps, { shop: where.shop, typed, words });
  if (!read.ok) return { ok: false, message: words.t("server:correctFields"), problems: read.problems };
  const edited = await editBundle(deps, { ...where, changes: read.value });
  if (edited.ok) return { ok: true, warnings: edited.value.warnings.map(read.toMessage) };
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
