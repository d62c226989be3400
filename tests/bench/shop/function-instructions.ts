import { pathToFileURL } from "node:url";
import { readFunctionWasm } from "#extensions/build.ts";
import { FUNCTION_LIMITS } from "#tests/standin/function-host/limits.ts";
import { runFunction } from "#tests/standin/function-host/run-function.ts";

interface Figure {
  name: string;
  value: number;
  unit: string;
  /** Figures above this fail the benchmark. */
  limit: number;
}

interface CartSize {
  lines: number;
  offers: number;
  hits: number;
  /** Whether any variant of the second product fills an offer; two lines share a product. */
  isOpen?: boolean;
}

const VISITOR = "0f".repeat(16);

/**
 * A cart in which every line's product carries offers, the first `hits` of which are fulfilled.
 *
 * @param size lines, offers per product, how many of those offers the cart fulfils, and how
 */
function cartOf(size: CartSize) {
  const { lines } = size;
  return {
    cart: {
      attribute: { value: `t:${VISITOR}` },
      cost: { subtotalAmount: { currencyCode: "XPF" } },
      lines: Array.from({ length: lines }, (_, line) => ({
        id: `gid://shopify/CartLine/${String(line).padStart(8, "0")}`,
        quantity: 1 + (line % 3),
        cost: { amountPerQuantity: { amount: `${10 + (line % 40)}.${line % 10}5` } },
        sellingPlanAllocation: null,
        merchandise: {
          id: `gid://shopify/ProductVariant/${variantAt(line)}`,
          product: {
            id: `gid://shopify/Product/${productAt(line)}`,
            isGiftCard: false,
            metafield: { jsonValue: { v: 1, o: offersOf(line, size) } },
          },
        },
      })),
    },
    discount: { discountClasses: ["PRODUCT"] },
    // Compared last, and its text is not ASCII.
    localization: { language: { isoCode: "ZH_CN" } },
    shop: { localTime: { date: "2026-11-24" } },
  };
}

const productAt = (line: number) => String(8_000_000_000_000 + (line >> 1));
const variantAt = (line: number) => String(44_000_000_000_000 + line * 7);

function offersOf(line: number, { lines, offers, hits, isOpen = false }: CartSize) {
  return Array.from({ length: offers }, (_, offer) => ({
    id: `o${offer}`,
    t: "Buy together",
    bp: 500 + ((line * 37 + offer * 11) % 1500),
    u: 20261224,
    c: [
      { v: variantAt(line), q: 1 },
      // Partners near by make long chains of competing offers, the hard case for the choice.
      offer < hits
        ? {
            v: variantAt((line + 2 + offer) % lines),
            q: 1,
            ...(isOpen && { p: productAt((line + 2 + offer) % lines) }),
          }
        : { v: String(99_000_000_000_000 + offer), q: 1 },
    ],
  }));
}

/** Measures the Function: one JSON line per figure. */
export async function measureFunction(): Promise<Figure[]> {
  const wasm = await readFunctionWasm();
  const figures: Figure[] = [{ name: "function.module", value: wasm.length, unit: "bytes", limit: 20_000 }];
  const carts = [
    { name: "5x2", lines: 5, offers: 2, hits: 1, limit: 150_000 },
    { name: "10x10", lines: 10, offers: 10, hits: 1, limit: 7_000_000 },
    { name: "50x20", lines: 50, offers: 20, hits: 1, limit: 7_000_000 },
    { name: "200x10-one-hit", lines: 200, offers: 10, hits: 1, limit: 7_000_000 },
    { name: "200x10-all-hit", lines: 200, offers: 10, hits: 10, limit: 7_000_000 },
    { name: "200x10-all-hit-open", lines: 200, offers: 10, hits: 10, isOpen: true, limit: 7_000_000 },
  ];
  for (const { name, limit, ...size } of carts) {
    const input = cartOf(size);
    const run = runFunction(wasm, trimToLimit(input));
    figures.push(
      { name: `function.${name}.instructions`, value: run.instructions, unit: "instructions", limit },
      { name: `function.${name}.host-calls`, value: run.hostCalls, unit: "calls", limit: 200_000 },
      {
        name: `function.${name}.output`,
        value: run.outputBytes,
        unit: "bytes",
        limit: FUNCTION_LIMITS.outputBytes,
      },
    );
  }
  return figures;
}

/** Takes offers off the last lines until the input fits what Shopify hands to a Function. */
function trimToLimit(input: ReturnType<typeof cartOf>): ReturnType<typeof cartOf> {
  for (let line = input.cart.lines.length - 1; line >= 0; line--) {
    if (JSON.stringify(input).length <= FUNCTION_LIMITS.inputBytes) break;
    input.cart.lines[line]!.merchandise.product.metafield.jsonValue.o = [];
  }
  return input;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const { limit, ...figure } of await measureFunction()) {
    console.log(
      JSON.stringify({ ...figure, peer: "limit", ratio: Number((figure.value / limit).toFixed(3)) }),
    );
    if (figure.value > limit) process.exitCode = 1;
  }
}
