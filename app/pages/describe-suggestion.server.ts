import type { Words } from "#app/locales/words.server.ts";
import type { CatalogueVariant, listBundles } from "#app/data/bundles/read-bundles.server.ts";
import { Evidence, ExpectedEffect } from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";

export type BundleRow = Awaited<ReturnType<typeof listBundles>>[number];

/** A component as the catalogue has it now; one that is gone keeps what was proposed. */
export function toComponent(
  component: BundleRow["components"][number],
  variant: CatalogueVariant | undefined,
) {
  return {
    variantGid: component.variantGid,
    productGid: component.productGid,
    isGift: component.isGift,
    title: component.title,
    quantity: component.quantity,
    priceMinor: variant?.priceMinor ?? component.priceMinor,
    imageUrl: variant?.product.imageUrl ?? null,
    variant,
  };
}

/**
 * Expected extra profit in 28 days as a figure and its 90 % interval; null when the row holds none.
 *
 * @returns `proposedDiscount` where the bundle's discount has changed since: the one that the figures hold for
 */
export function describeProfit(
  { expected, evidence, discountRatio }: Pick<BundleRow, "expected" | "evidence" | "discountRatio">,
  format: ShopFormat,
  { t }: Words,
): { value: string; interval: string; proposedDiscount: string | null } | null {
  const parsed = ExpectedEffect.safeParse(expected);
  if (!parsed.success) return null;
  const { value, low, high } = parsed.data.extraMarginMinor;
  return {
    value: format.roughMoney(value),
    interval: t("common:range", { low: format.roughMoney(low), high: format.roughMoney(high) }),
    proposedDiscount: describeProposedDiscount(readEvidence(evidence), discountRatio, format),
  };
}

/** A discount is stored in ten-thousandths; a nearer one is the same. */
const SAME_DISCOUNT = 0.5e-4;

function describeProposedDiscount(
  evidence: readonly Evidence[],
  discountRatio: number,
  format: ShopFormat,
): string | null {
  const margin = evidence.find((message) => message.code === "margin");
  if (!margin || Math.abs(margin.values.discountRatio - discountRatio) < SAME_DISCOUNT) return null;
  return format.percent(margin.values.discountRatio);
}

/** The evidence of a bundle; rows that an older version wrote differently are left out rather than failing the page. */
export function readEvidence(stored: unknown): Evidence[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((entry) => {
    const parsed = Evidence.safeParse(entry);
    return parsed.success ? [parsed.data] : [];
  });
}
