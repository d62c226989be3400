import { z } from "zod";
import type { ShopSettings } from "./shop-settings.ts";

/** What a merchant may change of a bundle. */
export const BundleChanges = z.strictObject({
  title: z.string().trim().min(1, "Give it a title").max(120, "At most 120 letters").optional(),
  /** 0 to 1; whole percent. */
  discountRatio: z
    .number()
    .min(0.01, "At least 1 %")
    .max(0.9, "At most 90 %")
    .refine((ratio) => Math.abs(ratio * 100 - Math.round(ratio * 100)) < 1e-9, "A whole number of percent")
    .optional(),
  startsAt: z.coerce.date().nullable().optional(),
  endsAt: z.coerce.date().nullable().optional(),
  /** Units per component, anchor first. */
  quantities: z
    .array(z.number().int("A whole number").min(1, "At least 1").max(9, "At most 9"))
    .min(2)
    .max(4)
    .optional(),
  /** Whether shoppers may take another variant of a component's product. */
  letsShopperChoose: z.boolean().optional(),
});
export type BundleChanges = z.infer<typeof BundleChanges>;

export interface EditProblem {
  readonly field: string;
  readonly message: string;
}

export interface EditedBundle {
  readonly discountRatio: number;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly components: readonly {
    readonly title: string;
    readonly quantity: number;
    readonly priceMinor: number;
    /** Unit cost, minor units; null when the shop did not say. */
    readonly costMinor: number | null;
  }[];
}

/**
 * Checks a bundle as it would be after the edit.
 *
 * @returns problems, which stop the edit, and warnings, which are the merchant's to overrule: a discount above
 *   the shop's own limit, and a margin `(price − discount − cost) / (price − discount)` below its floor, with the
 *   assumed margin where the cost is unknown
 */
export function checkBundleEdit(
  bundle: EditedBundle,
  settings: Pick<ShopSettings, "maxDiscountRatio" | "marginFloorRatio" | "assumedMarginRatio">,
  now: Date,
): { problems: EditProblem[]; warnings: EditProblem[] } {
  const problems: EditProblem[] = [];
  const warnings: EditProblem[] = [];
  const { discountRatio, startsAt, endsAt, components } = bundle;
  if (endsAt !== null && startsAt !== null && endsAt <= startsAt) {
    problems.push({ field: "endsAt", message: "The last day lies before the first" });
  } else if (endsAt !== null && endsAt <= now) {
    problems.push({ field: "endsAt", message: "The last day is over already" });
  }
  if (discountRatio > settings.maxDiscountRatio + 1e-9) {
    warnings.push({
      field: "discountRatio",
      message: `More than your limit of ${percent(settings.maxDiscountRatio)}`,
    });
  }
  const priceMinor = sum(components, ({ priceMinor: price, quantity }) => price * quantity);
  const costMinor = sum(
    components,
    ({ priceMinor: price, quantity, costMinor: cost }) =>
      (cost ?? price * (1 - settings.assumedMarginRatio)) * quantity,
  );
  const paidMinor = priceMinor * (1 - discountRatio);
  const marginRatio = paidMinor > 0 ? (paidMinor - costMinor) / paidMinor : 0;
  if (marginRatio < settings.marginFloorRatio - 1e-9) {
    warnings.push({
      field: "discountRatio",
      message: `Leaves a margin of ${percent(marginRatio)}, below your floor of ${percent(settings.marginFloorRatio)}`,
    });
  }
  return { problems, warnings };
}

function sum<T>(of: readonly T[], value: (each: T) => number): number {
  return of.reduce((total, each) => total + value(each), 0);
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
