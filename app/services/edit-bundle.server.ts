import type { Deps } from "#app/deps.server.ts";
import { lockBundle, readVariantCosts } from "#app/data/bundles.server.ts";
import { saveDecision } from "#app/data/decisions.server.ts";
import { readSettings } from "#app/data/settings.server.ts";
import type { Result } from "#app/domain/result.ts";
import { BundleChanges, checkBundleEdit, type EditProblem } from "#app/domain/validate/check-bundle-edit.ts";
import { askToPublish } from "./ask-to-publish.server.ts";

export interface EditRequest {
  readonly shop: string;
  readonly bundleId: string;
  /** Fields of `BundleChanges`; what is absent stays. */
  readonly changes: Record<string, unknown>;
  readonly decidedBy: string;
  readonly now: Date;
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
  { shop, bundleId, changes, decidedBy, now }: EditRequest,
): Promise<EditResult> {
  const parsed = BundleChanges.safeParse(changes);
  if (!parsed.success) {
    return invalid(parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), message })));
  }
  const { title, discountRatio, startsAt, endsAt, quantities, letsShopperChoose } = parsed.data;
  const settings = await readSettings(deps.db, shop);
  const result = await deps.db.$transaction(async (tx): Promise<EditResult> => {
    const bundle = await lockBundle(tx, { shop, bundleId });
    if (!bundle) return { ok: false, reason: "not_found", detail: "This bundle does not exist." };
    if (quantities && quantities.length !== bundle.components.length) {
      return invalid([{ field: "quantities", message: `Give ${bundle.components.length} numbers` }]);
    }
    const costs = await readVariantCosts(
      tx,
      shop,
      bundle.components.map(({ variantGid }) => variantGid),
    );
    const terms = {
      discountRatio: discountRatio ?? bundle.discountRatio,
      startsAt: startsAt === undefined ? bundle.startsAt : startsAt,
      endsAt: endsAt === undefined ? bundle.endsAt : endsAt,
    };
    const { problems, warnings } = checkBundleEdit(
      {
        ...terms,
        components: bundle.components.map((component, index) => ({
          title: component.title,
          quantity: quantities?.[index] ?? component.quantity,
          priceMinor: component.priceMinor,
          costMinor: costs.get(component.variantGid) ?? null,
        })),
      },
      settings,
      now,
    );
    if (problems.length > 0) return invalid(problems);
    await tx.bundle.update({
      where: { id: bundleId, shop },
      data: {
        ...terms,
        title: title ?? bundle.title,
        letsShopperChoose: letsShopperChoose ?? bundle.letsShopperChoose,
      },
    });
    for (const [position, quantity] of (quantities ?? []).entries()) {
      await tx.bundleComponent.update({
        where: { bundleId_position: { bundleId, position }, shop },
        data: { quantity },
      });
    }
    const before = {
      title: bundle.title,
      discountRatio: bundle.discountRatio,
      startsAt: bundle.startsAt?.toISOString() ?? null,
      endsAt: bundle.endsAt?.toISOString() ?? null,
      quantities: bundle.components.map(({ quantity }) => quantity),
      letsShopperChoose: bundle.letsShopperChoose,
    };
    await saveDecision(tx, {
      shop,
      bundleId,
      decidedBy,
      action: "edit",
      detail: JSON.parse(JSON.stringify({ before, changes: parsed.data })),
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

function invalid(problems: readonly EditProblem[]): EditResult {
  const detail = problems.map(({ field, message }) => `${field}: ${message}`).join("; ");
  return { ok: false, reason: "invalid", detail, problems };
}
