import { describe, expect, it } from "vitest";
import { binaryen } from "#extensions/bundle-discount/compile.ts";
import { allocateDiscounts } from "#tests/standin/function-host/allocate-discounts.ts";
import { FunctionLimitError } from "#tests/standin/function-host/limits.ts";
import type { DiscountResult, FunctionCart } from "#tests/standin/function-host/run-discount-function.ts";
import { runFunction } from "#tests/standin/function-host/run-function.ts";

const API = `
  (import "shopify_function_v2" "shopify_function_output_new_object" (func $object (param i32) (result i32)))
  (import "shopify_function_v2" "shopify_function_output_finish_object" (func $end (result i32)))
  (import "shopify_function_v2" "shopify_function_output_new_i32" (func $number (param i32) (result i32)))
  (import "shopify_function_v2" "shopify_function_input_get" (func $root (result i64)))
  (import "shopify_function_v2" "shopify_function_input_get_obj_prop" (func $prop (param i64 i32 i32) (result i64)))
  (memory (export "memory") 1)
  (data (i32.const 0) "last")`;

function compile(body: string): Uint8Array {
  const module = binaryen.parseText(`(module ${API} (func (export "run") ${body}))`);
  const wasm = module.emitBinary();
  module.dispose();
  return wasm;
}

describe("the Function host", () => {
  it("ends a run that exceeds the instruction limit", () => {
    const endless = compile("(loop $again (br $again))");
    expect(() => runFunction(endless, {}, "run")).toThrow(FunctionLimitError);
  });

  it("refuses an oversized input, an unfinished result and a missing export", () => {
    const unfinished = compile("(drop (call $object (i32.const 0)))");
    const empty = compile("(drop (call $object (i32.const 0))) (drop (call $end))");
    expect(() => runFunction(empty, { text: "x".repeat(128_000) }, "run")).toThrow(/inputBytes/);
    expect(() => runFunction(unfinished, {}, "run")).toThrow("the Function left its result unfinished");
    expect(() => runFunction(empty, {}, "elsewhere")).toThrow('the Function exports no "elsewhere"');
  });

  it("refuses a value in place of a key, and an object of another length than declared", () => {
    const keyless = compile(
      "(drop (call $object (i32.const 1))) (drop (call $number (i32.const 7))) (drop (call $end))",
    );
    const short = compile("(drop (call $object (i32.const 1))) (drop (call $end))");
    expect(() => runFunction(keyless, {}, "run")).toThrow(/a value where a key belongs/);
    expect(() => runFunction(short, {}, "run")).toThrow(/an object of 1 got 0/);
  });

  it("counts one instruction per executed opcode", () => {
    const bare = compile("(drop (call $object (i32.const 0))) (drop (call $end))");
    const longer = compile("(drop (call $object (i32.const 0))) (drop (call $end)) (drop (i32.const 7))");
    expect(runFunction(bare, {}, "run").output).toEqual({});
    expect(runFunction(longer, {}, "run").instructions - runFunction(bare, {}, "run").instructions).toBe(2);
  });
});

describe("the provider's work", () => {
  const body = (...steps: string[]) =>
    compile(`${steps.join(" ")} (drop (call $object (i32.const 0))) (drop (call $end))`);
  const last = "(drop (call $prop (call $root) (i32.const 0) (i32.const 4)))";
  const input = { lines: Array.from({ length: 50 }, () => ({ id: "1", quantity: 2 })), last: 1 };

  it("counts the values before the requested one, and counts them again for each new root", () => {
    const workOf = (...steps: string[]) => runFunction(body(...steps), input, "run").providerInstructions;
    const once = workOf(last) - workOf();
    // Five values per line, each at least 100 instructions.
    expect(once).toBeGreaterThan(50 * 5 * 100);
    expect(workOf(last, last) - workOf()).toBeGreaterThan(1.9 * once);
  });

  it("ends a run if it exceeds the limit", () => {
    const long = { lines: Array.from({ length: 2_000 }, () => ({})), last: 1 };
    const wasm = body(...Array.from({ length: 20 }, () => last));
    expect(() => runFunction(wasm, long, "run")).toThrow(FunctionLimitError);
  });

  it("uses memory too", () => {
    const { providerMemoryBytes } = runFunction(body(last), input, "run");
    expect(providerMemoryBytes).toBeGreaterThan(runFunction(body(), {}, "run").providerMemoryBytes - 1);
  });
});

describe("a checkout's discounts", () => {
  const lines = [1, 2, 3].map((at) => ({
    id: `gid://shopify/CartLine/${at}`,
    quantity: 2,
    unitHundredths: 333,
    variantGid: `gid://shopify/ProductVariant/${at}`,
    isGiftCard: false,
    productGid: "gid://shopify/Product/1",
    sellingPlanGid: null,
    productMetafield: () => null,
  }));
  const cart: FunctionCart = {
    currency: "EUR",
    language: "EN",
    attributes: {},
    today: "2026-11-24",
    country: "DE",
    lines,
  };
  const candidate = (amount: string, ...targets: [line: number, quantity: number][]) => ({
    targets: targets.map(([line, quantity]) => ({
      cartLine: { id: `gid://shopify/CartLine/${line}`, quantity },
    })),
    value: { fixedAmount: { amount } },
  });
  const resultOf = (...candidates: ReturnType<typeof candidate>[]): DiscountResult => ({
    operations: [{ productDiscountsAdd: { selectionStrategy: "ALL", candidates } }],
  });

  it("refuse a line that the cart lacks and more units than a line has", () => {
    expect(() => allocateDiscounts(cart, resultOf(candidate("1.00", [9, 1])))).toThrow(/the cart lacks/);
    expect(() => allocateDiscounts(cart, resultOf(candidate("1.00", [1, 3])))).toThrow("3 of 2 units");
  });

  it("give a line to the larger of two discounts", () => {
    const applied = allocateDiscounts(
      cart,
      resultOf(candidate("1.00", [1, 1], [2, 1]), candidate("2.00", [2, 1], [3, 1])),
    );
    expect(applied.map(({ hundredths }) => hundredths)).toEqual([200]);
  });

  it("split an amount to the last hundredth, up to the price of the units", () => {
    const [uneven] = allocateDiscounts(cart, resultOf(candidate("1.00", [1, 1], [2, 1], [3, 1])));
    expect(uneven?.shares.map(({ hundredths }) => hundredths)).toEqual([34, 33, 33]);
    const [capped] = allocateDiscounts(cart, resultOf(candidate("99.00", [1, 1])));
    expect(capped?.hundredths).toBe(333);
  });
});
