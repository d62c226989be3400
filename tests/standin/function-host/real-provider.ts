import { readFileSync } from "node:fs";
import { pack, unpack } from "msgpackr";
import { binaryen } from "#extensions/bundle-discount/compile.ts";
import { InstructionCounter, meterModule } from "./metered-module.ts";
import type { Json } from "./values.ts";

type Place = (length: number) => bigint;
type Call = (...parameters: (number | bigint)[]) => unknown;

const providers = new Map<string, WebAssembly.Module>();

/**
 * Runs a Function with Shopify's own provider module linked in: `providers/shopify_function_v2.wasm` of the public
 * repository Shopify/function-runner. Text crosses the border as Shopify's trampoline carries it.
 *
 * @param path of the provider
 * @param guest the Function's metered module
 * @returns what it wrote, and the provider's own instructions, one opcode = one, and memory
 * @public run-function.ts loads it, which the search for what nothing uses does not see
 */
export function runUnderProvider(
  path: string,
  guest: WebAssembly.Module,
  input: unknown,
  exportName: string,
): { output: Json; instructions: number; memoryBytes: number } {
  let counter = new InstructionCounter(Infinity, refuse);
  const provider = new WebAssembly.Instance(providerAt(path), {
    metering: { usegas: (instructions: number) => counter.count(instructions) },
  });
  const calls = provider.exports as Record<string, Call>;
  const bytesOf = ({ exports }: WebAssembly.Instance) =>
    new Uint8Array((exports["memory"] as WebAssembly.Memory).buffer);

  const packed = pack(input);
  const start = Number(calls["initialize"]!(packed.length)) >>> 0;
  bytesOf(provider).set(packed, start);
  const copyIn = (place: Place) => (pointer: number, length: number) => {
    const both = BigInt.asUintN(64, place(length));
    const text = bytesOf(instance).slice(pointer >>> 0, (pointer >>> 0) + length);
    bytesOf(provider).set(text, Number(both & 0xffff_ffffn));
    return Number(both >> 32n) | 0;
  };
  const api = Object.fromEntries(
    Object.entries(calls).flatMap(([name, call]) =>
      name.startsWith("_shopify") ? [[name.slice(1), call]] : [],
    ),
  );
  const addressOf = calls["_shopify_function_input_get_utf8_str_addr"]!;
  const instance = new WebAssembly.Instance(guest, {
    metering: { usegas: () => undefined },
    shopify_function_v2: {
      ...api,
      shopify_function_intern_utf8_str: copyIn(calls["_shopify_function_intern_utf8_str"] as Place),
      shopify_function_output_new_utf8_str: copyIn(calls["_shopify_function_output_new_utf8_str"] as Place),
      shopify_function_input_read_utf8_str: (source: number, out: number, length: number) => {
        const from = Number(addressOf(source)) >>> 0;
        bytesOf(instance).set(bytesOf(provider).subarray(from, from + length), out >>> 0);
      },
    },
  });
  counter = new InstructionCounter(Infinity, refuse);
  (instance.exports[exportName] as Call)();
  const instructions = counter.total;

  const written = Number(calls["finalize"]!()) >>> 0;
  const view = new DataView(bytesOf(provider).buffer);
  const from = view.getUint32(written, true);
  const output = unpack(bytesOf(provider).slice(from, from + view.getUint32(written + 4, true))) as Json;
  return { output, instructions, memoryBytes: bytesOf(provider).length };
}

function refuse(total: number): never {
  throw new Error(`${total} instructions are more than there are numbers for`);
}

/** The provider, metered; read once. */
function providerAt(path: string): WebAssembly.Module {
  const known = providers.get(path);
  if (known) return known;
  const module = binaryen.readBinary(readFileSync(path));
  // The metering knows no instruction later than WebAssembly 1.0.
  module.runPasses([
    "llvm-memory-copy-fill-lowering",
    "signext-lowering",
    "llvm-nontrapping-fptoint-lowering",
  ]);
  const metered = meterModule(module.emitBinary());
  module.dispose();
  providers.set(path, metered);
  return metered;
}
