import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { writeRules, type OfferRule, type RuleBody, type RuleReward } from "#app/domain/offer/offer-rule.ts";
import { OFFER_KINDS, type OfferKind } from "#app/domain/offer/offer.ts";
import { readFunctionWasm } from "#tests/standin/storefront/read-function.ts";
import { FUNCTION_LIMITS } from "#tests/standin/function-host/limits.ts";
import type { DiscountResult } from "#tests/standin/function-host/run-discount-function.ts";
import { runFunction, type FunctionRun } from "#tests/standin/function-host/run-function.ts";

const SIZES = [
  { lines: 10, offers: 10 },
  { lines: 50, offers: 20 },
  { lines: 200, offers: 10 },
] as const;
const MIXES = [...OFFER_KINDS, "mixed"] as const;
type Mix = (typeof MIXES)[number];

/**
 * Inputs of the Function by name, LINESxOFFERS-KIND: each line's product has this many offers, and all are fulfilled.
 * The last products have none if they would exceed what Shopify passes to a Function.
 */
export function listFunctionInputs(): { name: string; input: object }[] {
  return SIZES.flatMap(({ lines, offers }) =>
    MIXES.map((mix) => ({
      name: `${lines}x${offers}-${mix}`,
      input: trimToLimit(inputOf(lines, offers, mix)),
    })),
  );
}

function trimToLimit(input: ReturnType<typeof inputOf>): ReturnType<typeof inputOf> {
  for (const line of input.cart.lines.toReversed()) {
    if (JSON.stringify(input).length <= FUNCTION_LIMITS.inputBytes) break;
    line.merchandise.product.metafield.value = "2";
  }
  return input;
}

/** A cart of different products, each with this many offers. */
function inputOf(lines: number, offers: number, mix: Mix) {
  return {
    cart: {
      attribute: { value: `t:${"0f".repeat(16)}` },
      cost: { subtotalAmount: { currencyCode: "XPF" } },
      lines: Array.from({ length: lines }, (_, line) => ({
        id: `gid://shopify/CartLine/${uuidOf(line, 0)}`,
        quantity: 1 + (line % 3),
        cost: { amountPerQuantity: { amount: `${1000 + (line % 40) * 100}.0` } },
        sellingPlanAllocation: null,
        merchandise: {
          id: `gid://shopify/ProductVariant/${variantAt(line)}`,
          product: {
            id: `gid://shopify/Product/${productAt(line)}`,
            isGiftCard: false,
            metafield: { value: rulesOf(line, { lines, offers, mix }) },
          },
        },
      })),
    },
    discount: { discountClasses: ["PRODUCT"] },
    enteredDiscountCodes: [],
    // Compared last, and its text is not ASCII.
    localization: { country: { isoCode: "NC" }, language: { isoCode: "ZH_CN" } },
    presentmentCurrencyRate: "119.331742",
    shop: { localTime: { date: "2026-11-24" } },
  };
}

const productAt = (line: number) => String(8_000_000_000_000 + line);
const variantAt = (line: number) => String(44_000_000_000_000 + line * 7);
const uuidOf = (line: number, offer: number) =>
  `7f9c24e8-3b12-4fef-91e0-${String(line * 100 + offer).padStart(12, "0")}`;

/**
 * The place of an offer in the cart: the line whose product has it, the first line of its pool, and the size of both.
 */
interface Place {
  readonly line: number;
  readonly first: number;
  readonly lines: number;
  readonly offers: number;
}

function rulesOf(line: number, { lines, offers, mix }: { lines: number; offers: number; mix: Mix }): string {
  const rules = Array.from({ length: offers }, (_, offer): OfferRule => {
    // A pool starts at each line and contains the products of that and the next lines, so each product is in this
    // many pools.
    const first = (line - offer + lines) % lines;
    const kind = mix === "mixed" ? OFFER_KINDS[first % OFFER_KINDS.length]! : mix;
    const body = bodyOf(kind, { line, first, lines, offers });
    const isPool = body.kind === "range" || body.kind === "breaks" || isBySpending(body);
    return {
      ...body,
      id: isPool ? uuidOf(first, 99) : uuidOf(line, offer),
      place: null,
      lastDay: first % 4 === 1 ? 2026_12_24 : null,
      countries: [],
      times: null,
      title: "Buy together",
      titles: {},
    };
  });
  return writeRules({ countsSubscriptions: false, rejectsCodes: false, offers: rules });
}

const isBySpending = (body: RuleBody) => body.kind === "gift" && "spendHundredths" in body.buy;

function bodyOf(kind: OfferKind, { line, first, lines, offers }: Place): RuleBody {
  const basisPoints = 500 + ((first * 37) % 1500);
  const percent: RuleReward = { type: "percent", basisPoints };
  const part = (at: number) => ({ variant: variantAt(at % lines), quantity: 1, product: null });
  // Nearby partners form long chains of competing offers, the hard case for the choice.
  const step = 1 + ((line - first + lines) % lines);
  const partner = part(step === lines ? line + 1 : line + step);
  switch (kind) {
    case "set":
      return { kind, reward: percent, parts: [part(line), partner] };
    case "range": {
      const reward: RuleReward = [
        percent,
        { type: "amount", hundredths: basisPoints } as const,
        { type: "price", hundredths: 2_000 } as const,
      ][first % 3]!;
      return { kind, reward, units: 2 + (first % 2), allowsRepeats: first % 4 !== 0 };
    }
    case "breaks": {
      const scope = (["pool", "product", "variant"] as const)[first % 3]!;
      const tiers = [2, 3, 5].map((units) => ({
        units,
        reward:
          first % 2 === 0
            ? { type: "percent" as const, basisPoints: basisPoints + units * 10 }
            : { type: "amount" as const, hundredths: units * 100 },
      }));
      return { kind, scope, tiers };
    }
    case "gift":
      return first % 8 < 4
        ? { kind, buy: { parts: [part(line)] }, gift: partner, basisPoints: 10_000 }
        : { kind, buy: { spendHundredths: 1_000 }, gift: part(first + offers), basisPoints: 10_000 };
  }
}

/** Number of discounts in the result of a run of the Function. */
export function countDiscounts({ output }: FunctionRun): number {
  const { operations } = output as unknown as DiscountResult;
  return operations.flatMap(({ productDiscountsAdd }) => productDiscountsAdd?.candidates ?? []).length;
}

// Writes each input as LINESxOFFERS-KIND.json with its number of discounts, for runs elsewhere.
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { out } = parseArgs({ options: { out: { type: "string" } } }).values;
  if (out === undefined) throw new Error("--out FOLDER: where to write the inputs");
  const wasm = await readFunctionWasm();
  await mkdir(out, { recursive: true });
  for (const { name, input } of listFunctionInputs()) {
    const offersApplied = countDiscounts(runFunction(wasm, input));
    await writeFile(join(out, `${name}.json`), JSON.stringify({ input, offersApplied }));
  }
}
