import type { Deps } from "#app/services/deps.server.ts";
import { saveBundleTerms, saveQuantities } from "#app/data/bundles/bundle-edits.server.ts";
import { lockBundle, readVariantPrices, type BundleRow } from "#app/data/bundles/bundles.server.ts";
import { saveDecision } from "#app/data/bundles/decisions.server.ts";
import { readSettings } from "#app/data/shops/settings.server.ts";
import type { Result } from "#app/domain/result.ts";
import {
  BundleChanges,
  checkBundleEdit,
  ReturnedTerms,
  type EditProblem,
} from "#app/domain/validate/check-bundle-edit.ts";
import { askToPublish } from "#app/services/ask-workers.server.ts";
import { planQuantities, planReplacement, replaceComponents } from "./replace-components.server.ts";

export interface EditRequest {
  readonly shop: string;
  readonly bundleId: string;
  /** Fields of `BundleChanges`; what is absent stays. */
  readonly changes: Record<string, unknown>;
  readonly decidedBy: string;
  readonly now: Date;
  /** Whether the changes bring back what the bundle had. */
  readonly isReturn?: boolean;
}

type EditResult = Result<{ warnings: EditProblem[] }, "not_found" | "invalid"> & {
  /** Beside which field the merchant should read what. */
  readonly problems?: readonly EditProblem[];
};

/**
 * Changes a bundle as the merchant wishes, logs it, and asks the workers to bring the storefront to it.
 *
 * @returns warnings that do not stop it (margin below the floor, discount above the limit), or what was wrong;
 *   then nothing is changed
 */
export async function editBundle(
  deps: Deps,
  { shop, bundleId, changes, decidedBy, now, isReturn = false }: EditRequest,
): Promise<EditResult> {
  const parsed = (isReturn ? ReturnedTerms : BundleChanges).safeParse(changes);
  if (!parsed.success) {
    return invalid(
      parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), code: message })),
    );
  }
  const {
    title,
    discountRatio,
    startsAt,
    endsAt,
    components,
    letsShopperChoose,
    placement,
    countries,
    note,
  } = parsed.data;
  const settings = await readSettings(deps.db, shop);
  const result = await deps.db.$transaction(async (tx): Promise<EditResult> => {
    const before = await lockBundle(tx, { shop, bundleId });
    if (!before) return { ok: false, reason: "not_found", detail: "This bundle does not exist." };
    const isReplacing = components !== undefined && !holdsSame(components, before.components);
    const quantities = isReplacing
      ? components.map(({ quantity }) => quantity)
      : (components?.map(({ quantity }) => quantity) ?? parsed.data.quantities);
    if (!isReplacing && quantities && quantities.length !== before.components.length) {
      return invalid([{ field: "quantities", code: "everyProduct" }]);
    }
    const replacement = isReplacing ? await planReplacement(tx, before, components) : null;
    const units = !isReplacing && quantities ? await planQuantities(tx, before, quantities) : null;
    if (replacement && !replacement.ok) {
      return invalid([{ field: "components", code: replacement.reason }]);
    }
    if (units && !units.ok) return invalid([{ field: "components", code: units.reason }]);
    const held = replacement?.value.components ?? before.components;
    const today = await readVariantPrices(
      tx,
      shop,
      held.map(({ variantGid }) => variantGid),
    );
    const terms = {
      discountRatio: discountRatio ?? before.discountRatio,
      startsAt: startsAt === undefined ? before.startsAt : startsAt,
      endsAt: endsAt === undefined ? before.endsAt : endsAt,
    };
    const { problems, warnings } = checkBundleEdit(
      {
        ...terms,
        setsEnd: endsAt !== undefined,
        components: held.map((component, index) => ({
          title: component.title,
          quantity: quantities?.[index] ?? component.quantity,
          priceMinor: today.get(component.variantGid)?.priceMinor ?? component.priceMinor,
          costMinor: settings.usesShopifyCosts ? (today.get(component.variantGid)?.costMinor ?? null) : null,
        })),
      },
      settings,
      now,
    );
    if (problems.length > 0) return invalid(problems);
    await saveBundleTerms(tx, before, {
      ...terms,
      title: title ?? before.title,
      letsShopperChoose: letsShopperChoose ?? before.letsShopperChoose,
      placement: placement ?? before.placement,
      countries: countries ?? before.countries,
      note: note ?? before.note,
    });
    if (replacement) await replaceComponents(tx, before, replacement.value);
    if (units?.value) await saveQuantities(tx, before, units.value);
    const changed = { ...parsed.data };
    delete changed.components;
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
    await askToPublish(deps, { shop, now });
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

/** The terms as the log keeps them; components by their gid, without the quantities. */
function toLoggedTerms(bundle: BundleRow) {
  return {
    title: bundle.title,
    discountRatio: bundle.discountRatio,
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
  const detail = problems.map(({ field, code }) => `${field}: ${code}`).join("; ");
  return { ok: false, reason: "invalid", detail, problems };
}
