import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  buildSchema,
  coerceInputValue,
  execute,
  isInputType,
  parse,
  validate,
  type DocumentNode,
} from "graphql";
import { runFunction, type FunctionRun } from "./run-function.ts";
import type { Json } from "./values.ts";

/** A cart as the checkout knows it, with everything that the input query can request. */
export interface FunctionCart {
  /** ISO 4217 code of the currency in which the shopper pays. */
  currency: string;
  /** Shopify's code of the shopper's language, for example "PT_BR". */
  language: string;
  /** Cart attributes by key. */
  attributes: Readonly<Record<string, string>>;
  /** The day in the shop's time zone: "2026-12-24". */
  today: string;
  /** ISO code of the shopper's country. */
  country: string;
  /** Units of the cart's currency per unit of the shop's, as a decimal; 1 if they are the same. */
  rate?: string;
  /** Discount codes that the shopper entered. */
  codes?: readonly { code: string; rejectable: boolean }[];
  lines: readonly FunctionCartLine[];
}

export interface FunctionCartLine {
  /** gid of the line. */
  id: string;
  quantity: number;
  /** Price of one unit before discounts, hundredths of the cart's currency. */
  unitHundredths: number;
  /** gid of the variant. */
  variantGid: string;
  productGid: string;
  isGiftCard: boolean;
  /** gid of the selling plan of a subscription, else null. */
  sellingPlanGid: string | null;
  /** Text of a metafield of the line's product, null if it has none. */
  productMetafield: (namespace: string, key: string) => string | null;
}

/** The part of CartLinesDiscountsGenerateRunResult that our Function writes. */
export interface DiscountResult {
  operations: {
    productDiscountsAdd?: {
      selectionStrategy: "ALL" | "FIRST" | "MAXIMUM";
      candidates: DiscountCandidate[];
    };
    enteredDiscountCodesReject?: { codes: { code: string }[]; message: string };
  }[];
}

export interface DiscountCandidate {
  message?: string;
  targets: { cartLine: { id: string; quantity?: number } }[];
  value: { fixedAmount?: { amount: string }; percentage?: { value: string } };
}

/** Shopify passes null to a Function instead of a metafield longer than this. */
const MAX_METAFIELD_BYTES = 10_000;

const schema = buildSchema(readFileSync(join(import.meta.dirname, "discount-function.graphql"), "utf8"));
const resultType = schema.getType("CartLinesDiscountsGenerateRunResult");

/**
 * Runs a discount Function on a cart. Executes its own input query over Shopify's schema, and checks its result
 * against that schema.
 *
 * @param wasm compiled module; keep the same array between runs
 * @param inputQuery text of the target's input query
 * @throws Error when the query or the result does not fit the schema; else as `runFunction`
 */
export function runDiscountFunction(
  wasm: Uint8Array,
  inputQuery: string,
  cart: FunctionCart,
): FunctionRun & { output: DiscountResult } {
  const run = runFunction(wasm, queryInput(inputQuery, cart));
  if (!isInputType(resultType)) throw new Error("the schema lacks the Function's result");
  coerceInputValue(run.output, resultType, (path, _value, error) => {
    throw new Error(`Shopify would refuse the Function's result at ${path.join(".")}: ${error.message}`);
  });
  return run as FunctionRun & { output: DiscountResult };
}

/** Queries that are known to fit the schema: a check takes five times as long as a run. */
const fitting = new Map<string, DocumentNode>();

/** The input that the query selects from a cart. @throws Error when the query does not fit the schema */
function queryInput(inputQuery: string, cart: FunctionCart): Json {
  const document = fitting.get(inputQuery) ?? parse(inputQuery);
  const [refusal] = fitting.has(inputQuery) ? [] : validate(schema, document);
  if (refusal)
    throw new Error(`the Function's input query does not fit Shopify's schema: ${refusal.message}`);
  fitting.set(inputQuery, document);
  const result = execute({ schema, document, rootValue: rootOf(cart) });
  if (result instanceof Promise || result.errors) {
    throw new Error(
      `the input query failed: ${result instanceof Promise ? "unexpected promise" : String(result.errors)}`,
    );
  }
  return JSON.parse(JSON.stringify(result.data)) as Json;
}

function rootOf({
  currency,
  language,
  attributes,
  today,
  country,
  rate = "1.0",
  codes = [],
  lines,
}: FunctionCart) {
  return {
    presentmentCurrencyRate: rate,
    shop: { localTime: { date: today } },
    localization: { country: { isoCode: country }, language: { isoCode: language } },
    discount: { discountClasses: ["PRODUCT"] },
    enteredDiscountCodes: codes,
    cart: {
      cost: {
        subtotalAmount: {
          amount: toDecimal(lines.reduce((sum, line) => sum + line.unitHundredths * line.quantity, 0)),
          currencyCode: currency,
        },
      },
      attribute: ({ key }: { key: string }) =>
        Object.hasOwn(attributes, key) ? { key, value: attributes[key] } : null,
      lines: lines.map((line) => ({
        id: line.id,
        quantity: line.quantity,
        cost: { amountPerQuantity: { amount: toDecimal(line.unitHundredths) } },
        sellingPlanAllocation:
          line.sellingPlanGid === null ? null : { sellingPlan: { id: line.sellingPlanGid } },
        merchandise: {
          __typename: "ProductVariant",
          id: line.variantGid,
          product: {
            id: line.productGid,
            isGiftCard: line.isGiftCard,
            metafield: ({ namespace = "$app", key }: { namespace?: string; key: string }) => {
              const text = line.productMetafield(namespace, key);
              if (text === null || Buffer.byteLength(text) > MAX_METAFIELD_BYTES) return null;
              return { value: text };
            },
          },
        },
      })),
    },
  };
}

/** Shopify writes decimals with as few digits as possible, but at least one after the point. */
function toDecimal(hundredths: number): string {
  const text = (hundredths / 100).toFixed(2);
  return text.endsWith("0") ? text.slice(0, -1) : text;
}
