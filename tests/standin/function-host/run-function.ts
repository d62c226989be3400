import { isDeepStrictEqual } from "node:util";
import { FUNCTION_LIMITS, FunctionLimitError, holdToLimit } from "./limits.ts";
import { InstructionCounter, meterModule } from "./metered-module.ts";
import { OutputWriter } from "./output-writer.ts";
import { ProviderWork } from "./provider-work.ts";
import { InputValues, type Json } from "./values.ts";

export interface FunctionRun {
  /** The result that the Function wrote. */
  output: Json;
  /** Instructions of the module and of Shopify's provider together, one opcode = one; the limit applies to this sum. */
  instructions: number;
  /** The provider's share of them. */
  providerInstructions: number;
  inputBytes: number;
  outputBytes: number;
  memoryBytes: number;
  providerMemoryBytes: number;
}

/** The largest error of the provider's model, and the number of instructions below which it is not checked. */
const MOST_ERROR = 0.15;
const FEW_INSTRUCTIONS = 5_000;

/** Loaded only on request, because it brings a compiler. */
const providerPath = process.env["FUNCTION_PROVIDER"];
const { runUnderProvider } =
  providerPath === undefined ? { runUnderProvider: null } : await import("./real-provider.ts");

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const modules = new WeakMap<Uint8Array, WebAssembly.Module>();

/**
 * Runs a Function on an input as Shopify does: with a fresh instance, the API of `shopify_function_v2`, metering that
 * includes the provider's work behind that API, and the platform's limits.
 *
 * If the variable FUNCTION_PROVIDER names Shopify's own provider module, that one runs too. Its figures are then
 * returned, its result must be the same, and the model of its work must be close to it.
 *
 * @param wasm compiled module; keep the same array between runs, because it is the cache key of the metered form
 * @param input the result of the input query, a JSON value
 * @param exportName the `export` of the target in shopify.extension.toml
 * @throws FunctionLimitError beyond a limit; Error when the module breaks the protocol or lacks the export;
 *   WebAssembly.RuntimeError when it traps
 */
export function runFunction(
  wasm: Uint8Array,
  input: unknown,
  exportName = "cartLinesDiscountsGenerateRun",
): FunctionRun {
  holdToLimit("moduleBytes", wasm.byteLength);
  const text = JSON.stringify(input);
  const inputBytes = encoder.encode(text).length;
  holdToLimit("inputBytes", inputBytes);

  const counter = new InstructionCounter(FUNCTION_LIMITS.instructions, (total) => {
    throw new FunctionLimitError("instructions", total);
  });
  const host = new FunctionHost(JSON.parse(text) as Json);
  const instance = new WebAssembly.Instance(moduleOf(wasm), {
    shopify_function_v2: host.imports(),
    metering: { usegas: counter.count },
  });
  const { memory, [exportName]: run } = instance.exports;
  if (!(memory instanceof WebAssembly.Memory)) throw new Error("the Function exports no memory");
  if (typeof run !== "function") throw new Error(`the Function exports no "${exportName}"`);
  host.memory = memory;
  run();

  const output = host.writer.result();
  const outputBytes = encoder.encode(JSON.stringify(output)).length;
  holdToLimit("outputBytes", outputBytes);
  const modelled: FunctionRun = {
    output,
    instructions: counter.total + host.work.instructions,
    providerInstructions: host.work.instructions,
    inputBytes,
    outputBytes,
    memoryBytes: memory.buffer.byteLength,
    providerMemoryBytes: host.work.memoryBytes(inputBytes),
  };
  const measured = measure(modelled, wasm, { input, exportName, guest: counter.total });
  holdToLimit("instructions", measured.instructions);
  holdToLimit("memoryBytes", Math.max(measured.memoryBytes, measured.providerMemoryBytes));
  return measured;
}

/** The run with the real provider's figures if there are any, else unchanged. */
function measure(
  modelled: FunctionRun,
  wasm: Uint8Array,
  { input, exportName, guest }: { input: unknown; exportName: string; guest: number },
): FunctionRun {
  if (providerPath === undefined || runUnderProvider === null) return modelled;
  const run = runUnderProvider(providerPath, moduleOf(wasm), input, exportName);
  const { output, instructions, memoryBytes } = run;
  if (!isDeepStrictEqual(output, modelled.output))
    throw new Error("the Function answers otherwise under Shopify's provider");
  const error = Math.abs(modelled.providerInstructions - instructions);
  if (error > Math.max(FEW_INSTRUCTIONS, MOST_ERROR * instructions)) {
    const said = `${modelled.providerInstructions} instead of ${instructions}`;
    throw new Error(`the model of the provider's work says ${said} instructions`);
  }
  return {
    ...modelled,
    instructions: guest + instructions,
    providerInstructions: instructions,
    providerMemoryBytes: memoryBytes,
  };
}

function moduleOf(wasm: Uint8Array): WebAssembly.Module {
  let module = modules.get(wasm);
  if (module === undefined) {
    module = meterModule(wasm);
    modules.set(wasm, module);
  }
  return module;
}

/** The API of one run. */
class FunctionHost {
  readonly writer = new OutputWriter();
  readonly work = new ProviderWork();
  memory: WebAssembly.Memory | undefined;
  readonly #values: InputValues;
  readonly #interned: string[] = [];

  constructor(input: Json) {
    this.#values = new InputValues(input, this.work);
  }

  imports(): WebAssembly.ModuleImports {
    const { writer, work } = this;
    const values = this.#values;
    const scalar = (value: number | boolean | null) => {
      work.writeScalar();
      return writer.write(value);
    };
    const begin = (kind: "object" | "array") => (length: number) => {
      work.openContainer();
      return writer.begin(kind, length);
    };
    const end = (kind: "object" | "array") => () => {
      work.closeContainer();
      return writer.end(kind);
    };
    return {
      shopify_function_input_get: () => values.root(),
      shopify_function_input_get_val_len: (scope: bigint) => values.lengthOf(scope),
      shopify_function_input_read_utf8_str: (source: number, out: number, length: number) => {
        work.readString();
        this.#bytes(out, length).set(values.stringBytes(source).subarray(0, length));
      },
      shopify_function_input_get_obj_prop: (scope: bigint, pointer: number, length: number) =>
        values.property(scope, this.#text(pointer, length)),
      shopify_function_input_get_interned_obj_prop: (scope: bigint, key: number) =>
        values.property(scope, this.#internedAt(key)),
      shopify_function_input_get_at_index: (scope: bigint, index: number) =>
        values.element(scope, index >>> 0),
      shopify_function_intern_utf8_str: (pointer: number, length: number) => {
        work.intern(length);
        return this.#interned.push(this.#text(pointer, length)) - 1;
      },
      shopify_function_output_new_bool: (value: number) => scalar(value !== 0),
      shopify_function_output_new_null: () => scalar(null),
      shopify_function_output_new_i32: scalar,
      shopify_function_output_new_f64: scalar,
      shopify_function_output_new_utf8_str: (pointer: number, length: number) => {
        work.writeString(length);
        return writer.write(this.#text(pointer, length));
      },
      shopify_function_output_new_interned_utf8_str: (key: number) => {
        const text = this.#internedAt(key);
        work.writeInterned(text.length);
        return writer.write(text);
      },
      shopify_function_output_new_object: begin("object"),
      shopify_function_output_finish_object: end("object"),
      shopify_function_output_new_array: begin("array"),
      shopify_function_output_finish_array: end("array"),
    };
  }

  #internedAt(key: number): string {
    const text = this.#interned[key];
    if (text === undefined) throw new RangeError(`no string was interned as ${key}`);
    return text;
  }

  #bytes(pointer: number, length: number): Uint8Array {
    if (this.memory === undefined) throw new Error("the Function called the host before it was started");
    return new Uint8Array(this.memory.buffer, pointer >>> 0, length >>> 0);
  }

  #text(pointer: number, length: number): string {
    return decoder.decode(this.#bytes(pointer, length));
  }
}
