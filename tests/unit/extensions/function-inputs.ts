import { writeRules, type OfferRule, type RuleBody } from "#app/domain/offer/offer-rule.ts";
import type {
  DiscountCandidate,
  DiscountResult,
} from "#tests/standin/function-host/run-discount-function.ts";
import { runFunction } from "#tests/standin/function-host/run-function.ts";
import type { ReferenceInput } from "./reference-discount.ts";

export type Line = ReferenceInput["cart"]["lines"][number];

/** Runs a compiled Function on an input and returns its candidates. */
export const runOn = (wasm: Uint8Array, input: unknown): DiscountCandidate[] =>
  (runFunction(wasm, input).output as unknown as DiscountResult).operations.flatMap(
    (operation) => operation.productDiscountsAdd?.candidates ?? [],
  );

export function lineOf(
  at: number,
  variant: number,
  quantity: number,
  amount: string,
  rules: string | null = null,
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
        metafield: rules === null ? null : { value: rules },
      },
    },
  };
}

/** The shop's local date in every input. */
export const TODAY = "2026-11-24";
/** The shopper's country in every input. */
export const COUNTRY = "AT";

export const inputOf = (
  lines: Line[],
  attribute: string | null = null,
  currencyCode = "EUR",
  presentmentCurrencyRate = "1.0",
): ReferenceInput => ({
  cart: {
    attribute: attribute === null ? null : { value: attribute },
    cost: { subtotalAmount: { currencyCode } },
    lines,
  },
  discount: { discountClasses: ["PRODUCT"] },
  localization: { country: { isoCode: COUNTRY }, language: { isoCode: "EN" } },
  presentmentCurrencyRate,
  shop: { localTime: { date: TODAY } },
});

const HEAD = {
  id: "0b5b0b9e-0000-4000-8000-000000000000",
  place: null,
  lastDay: null,
  countries: [],
  times: null,
  titles: {},
};

/** A set with a percentage off the given variants and quantities. */
export const setOf = (
  basisPoints: number,
  ...parts: [variant: number, quantity: number, product?: number][]
): OfferRule & { readonly kind: "set" } => ({
  ...HEAD,
  kind: "set",
  title: `Set of ${parts.map(([variant]) => variant).join("+")}`,
  reward: { type: "percent", basisPoints },
  parts: parts.map(([variant, quantity, product]) => ({
    variant: String(variant),
    quantity,
    product: product === undefined ? null : String(product),
  })),
});

/** An offer of any kind. The number identifies its pool. */
export const offerOf = (body: RuleBody, pool = 0): OfferRule => ({
  ...HEAD,
  ...body,
  id: `${HEAD.id.slice(0, -2)}${String(pool).padStart(2, "0")}`,
  title: `A ${body.kind}`,
});

export const rulesOf = (...offers: OfferRule[]) =>
  writeRules({ countsSubscriptions: false, rejectsCodes: false, offers });
