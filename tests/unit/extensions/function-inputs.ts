import type {
  DiscountCandidate,
  DiscountResult,
} from "#tests/standin/function-host/run-discount-function.ts";
import { runFunction } from "#tests/standin/function-host/run-function.ts";
import type { ReferenceInput } from "./reference-discount.ts";

export type Line = ReferenceInput["cart"]["lines"][number];

/** The candidates that a compiled Function answers an input with. */
export const runOn = (wasm: Uint8Array, input: unknown): DiscountCandidate[] =>
  (runFunction(wasm, input).output as unknown as DiscountResult).operations.flatMap(
    (operation) => operation.productDiscountsAdd.candidates,
  );

export function lineOf(
  at: number,
  variant: number,
  quantity: number,
  amount: string,
  offers: unknown = null,
  product: number = variant,
): Line {
  return {
    id: `gid://shopify/CartLine/${at}`,
    quantity,
    cost: { amountPerQuantity: { amount } },
    sellingPlanAllocation: null,
    merchandise: {
      id: `gid://shopify/ProductVariant/${variant}`,
      product: {
        id: `gid://shopify/Product/${product}`,
        isGiftCard: false,
        metafield: offers === null ? null : { jsonValue: offers },
      },
    },
  };
}

/** The shop's day in every input. */
export const TODAY = "2026-11-24";
/** Where the shopper of every input shops. */
export const COUNTRY = "AT";

export const inputOf = (
  lines: Line[],
  attribute: string | null = null,
  currencyCode = "EUR",
): ReferenceInput => ({
  cart: {
    attribute: attribute === null ? null : { value: attribute },
    cost: { subtotalAmount: { currencyCode } },
    lines,
  },
  discount: { discountClasses: ["PRODUCT"] },
  localization: { country: { isoCode: COUNTRY }, language: { isoCode: "EN" } },
  shop: { localTime: { date: TODAY } },
});

export const offerOf = (bp: number, ...components: [variant: number, quantity: number][]) => ({
  id: "0b5b0b9e-0000-4000-8000-000000000000",
  t: `Set of ${components.map(([variant]) => variant).join("+")}`,
  bp,
  c: components.map(([variant, q]) => ({ v: String(variant), q })),
});
