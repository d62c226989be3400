import {
  findTwin,
  findTwinOfProducts,
  type NewComponent,
  type saveBundleTerms,
} from "#app/data/bundles/bundle-edits.server.ts";
import { readVariants, type BundleRow } from "#app/data/bundles/bundles.server.ts";
import type { Db } from "#app/data/db.server.ts";
import { checkTerms, OfferTitles, toOfferTerms, type OfferTerms } from "#app/domain/offer/offer.ts";
import { offerKeyOf } from "#app/domain/offer/offer-key.ts";
import { discountRatioOf, listChoiceSteps, listSteps } from "#app/domain/publish/price-steps.ts";
import { isPool } from "#app/domain/publish/storefront-offer.ts";
import { costBesidePrice, type ShopSettings } from "#app/domain/shop-settings.ts";
import {
  checkBundleEdit,
  type BundleChanges,
  type EditProblem,
} from "#app/domain/validate/check-bundle-edit.ts";
import { planReplacement } from "./replace-components.server.ts";

/** A bundle as an edit saves it. */
export interface PlannedEdit {
  readonly terms: Parameters<typeof saveBundleTerms>[2];
  readonly components: readonly NewComponent[];
  /** Units per component, anchor first; undefined if the edit leaves the components alone. */
  readonly quantities: readonly number[] | undefined;
  /** Whether other products take the place of the present ones. */
  readonly isReplacing: boolean;
  /** Whether it is another combination than before. */
  readonly isOther: boolean;
  /** What the merchant may overrule. */
  readonly warnings: EditProblem[];
}

interface Refusal {
  readonly ok: false;
  readonly problems: readonly EditProblem[];
  /** The existing offer that is the same. */
  readonly twin?: { readonly id: string; readonly title: string };
}

interface EditContext {
  readonly settings: ShopSettings;
  /** The shop's present currency. */
  readonly currency: string;
  /** Whether the changes restore earlier terms. */
  readonly isReturn: boolean;
  readonly now: Date;
}

/** The bundle after a merchant's changes, or the problems that prevent them, by field. Writes nothing. */
export async function planEdit(
  tx: Db,
  before: BundleRow,
  changes: BundleChanges,
  { settings, currency: shopCurrency, isReturn, now }: EditContext,
): Promise<({ readonly ok: true } & PlannedEdit) | Refusal> {
  const { discountRatio, startsAt, endsAt, timesPerOrder, ...wished } = changes;
  const units = await planUnits(tx, before, changes);
  if (!units.ok) return units;
  const { components, isReplacing } = units;
  const sold = toOfferTerms(before);
  const wanted = wished.terms ?? (discountRatio === undefined ? sold : toShare(discountRatio));
  if (wanted.kind !== sold.kind) return refuse({ field: "terms", code: "keepsKind" });
  // A pool whose products are chosen one by one no longer follows its collection.
  const collectionGid = isReplacing || wished.collectionGid === null ? null : before.collectionGid;
  const componentKey = offerKeyOf(wanted, components, collectionGid);
  const isOther = componentKey !== offerKeyOf(sold, before.components, before.collectionGid);
  const letsShopperChoose = wished.letsShopperChoose ?? before.letsShopperChoose;
  const opens = letsShopperChoose && (isOther || !before.letsShopperChoose) && !isPool(wanted);
  const twin =
    (isOther ? await findTwin(tx, before, componentKey) : null) ??
    (opens ? await findTwinOfProducts(tx, before, { terms: wanted, components }) : null);
  if (twin) {
    return {
      ...refuse({ field: isOther ? "components" : "letsShopperChoose", code: "combinationExists" }),
      twin,
    };
  }
  const priced = await priceToday(tx, before.shop, components, settings);
  // Typed amounts are in the shop's present currency, restored ones in the earlier one.
  const currency = wished.terms && !isReturn ? shopCurrency : before.currency;
  const limits = { ...settings, currency };
  const hasOtherTerms =
    isOther || currency !== before.currency || JSON.stringify(wanted) !== JSON.stringify(sold);
  const dated = {
    discountRatio: hasOtherTerms
      ? (shareOf(wanted) ?? discountRatioOf(listSteps(wanted, priced, limits)))
      : before.discountRatio,
    startsAt: startsAt === undefined ? before.startsAt : startsAt,
    endsAt: endsAt === undefined ? before.endsAt : endsAt,
  };
  const checked = checkBundleEdit(
    { ...dated, setsEnd: endsAt !== undefined, steps: listChoiceSteps(wanted, priced, limits) },
    settings,
    now,
  );
  const problems = [...(hasOtherTerms ? checkTerms(wanted, priced) : []), ...checked.problems];
  if (problems.length > 0) return refuse(...problems);
  const terms = {
    ...dated,
    terms: wanted,
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
  };
  const { quantities } = units;
  return { ok: true, terms, components, quantities, isReplacing, isOther, warnings: checked.warnings };
}

/** The components after the changes, anchor first. */
async function planUnits(
  tx: Db,
  before: BundleRow,
  { components: wanted, quantities: wantedUnits }: BundleChanges,
): Promise<
  ({ readonly ok: true } & Pick<PlannedEdit, "components" | "quantities" | "isReplacing">) | Refusal
> {
  const isReplacing = wanted !== undefined && !holdsSame(wanted, before.components);
  const quantities = wanted?.map(({ quantity }) => quantity) ?? wantedUnits;
  if (!isReplacing && quantities && quantities.length !== before.components.length) {
    return refuse({ field: "quantities", code: "everyProduct" });
  }
  const replacement = isReplacing ? await planReplacement(tx, before, wanted) : null;
  if (replacement && !replacement.ok) return refuse({ field: "components", code: replacement.reason });
  const components = (replacement?.value ?? before.components).map((component, at) => ({
    ...component,
    quantity: quantities?.[at] ?? component.quantity,
  }));
  return { ok: true, components, quantities, isReplacing };
}

/** Components at today's prices and costs; one that the shop no longer has keeps its last price. */
async function priceToday(tx: Db, shop: string, components: readonly NewComponent[], settings: ShopSettings) {
  const today = await readVariants(tx, shop, components);
  return components.map((component) => ({
    ...component,
    priceMinor: today.get(component.variantGid)?.priceMinor ?? component.priceMinor,
    costMinor: costBesidePrice(settings, today.get(component.variantGid)?.costMinor),
  }));
}

function holdsSame(
  wanted: readonly { readonly variantGid: string }[],
  held: readonly { readonly variantGid: string }[],
): boolean {
  return (
    wanted.length === held.length && wanted.every(({ variantGid }, at) => variantGid === held[at]!.variantGid)
  );
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

function refuse(...problems: readonly EditProblem[]): Refusal {
  return { ok: false, problems };
}
