import { FUNCTION_LIMITS, FunctionLimitError, holdToLimit } from "./limits.ts";
import { InstructionCounter, meterModule } from "./metered-module.ts";
import { OutputWriter } from "./output-writer.ts";
import { InputValues, READ_ERROR, type Json } from "./values.ts";

export interface FunctionRun {
  /** The result that the Function wrote. */
  output: Json;
  /** Instructions of the module itself, one opcode = one. */
  instructions: number;
  /** Calls into Shopify's API, whose cost the real runner adds. */
  hostCalls: number;
  inputBytes: number;
  outputBytes: number;
  memoryBytes: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const modules = new WeakMap<Uint8Array, WebAssembly.Module>();

/**
 * Runs a Function on an input as Shopify does: a fresh instance, the API of `shopify_function_v2`, metered, and ended
 * at the platform's limits.
 *
 * @param wasm compiled module; keep the same array between runs, its metered form is cached by it
 * @param input what the input query returned, a JSON value
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
  holdToLimit("memoryBytes", memory.buffer.byteLength);
  return {
    output,
    instructions: counter.total,
    hostCalls: host.calls,
    inputBytes,
    outputBytes,
    memoryBytes: memory.buffer.byteLength,
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
  memory: WebAssembly.Memory | undefined;
  calls = 0;
  readonly #input: Json;
  readonly #values = new InputValues();
  readonly #interned: string[] = [];

  constructor(input: Json) {
    this.#input = input;
  }

  imports(): WebAssembly.ModuleImports {
    const values = this.#values;
    const api: Record<string, (...parameters: never[]) => number | bigint | void> = {
      input_get: () => values.encode(this.#input),
      input_get_val_len: (scope: bigint) => values.lengthOf(scope),
      input_read_utf8_str: (source: number, out: number, length: number) =>
        this.#bytes(out, length).set(values.stringBytes(source).subarray(0, length)),
      input_get_obj_prop: (scope: bigint, pointer: number, length: number) =>
        this.#property(scope, this.#text(pointer, length)),
      input_get_interned_obj_prop: (scope: bigint, key: number) =>
        this.#property(scope, this.#internedAt(key)),
      input_get_at_index: (scope: bigint, index: number) => {
        const container = values.container(scope);
        if (!Array.isArray(container)) return values.error(READ_ERROR.notAnArray);
        return index >>> 0 < container.length
          ? values.encode(container[index >>> 0])
          : values.error(READ_ERROR.indexOutOfBounds);
      },
      intern_utf8_str: (pointer: number, length: number) =>
        this.#interned.push(this.#text(pointer, length)) - 1,
      output_new_bool: (value: number) => this.writer.write(value !== 0),
      output_new_null: () => this.writer.write(null),
      output_new_i32: (value: number) => this.writer.write(value),
      output_new_f64: (value: number) => this.writer.write(value),
      output_new_utf8_str: (pointer: number, length: number) =>
        this.writer.write(this.#text(pointer, length)),
      output_new_interned_utf8_str: (key: number) => this.writer.write(this.#internedAt(key)),
      output_new_object: (length: number) => this.writer.begin("object", length),
      output_finish_object: () => this.writer.end("object"),
      output_new_array: (length: number) => this.writer.begin("array", length),
      output_finish_array: () => this.writer.end("array"),
    };
    return Object.fromEntries(
      Object.entries(api).map(([name, call]) => [
        `shopify_function_${name}`,
        (...parameters: never[]) => {
          this.calls += 1;
          return call(...parameters);
        },
      ]),
    );
  }

  #property(scope: bigint, key: string): bigint {
    const container = this.#values.container(scope);
    if (container === undefined || Array.isArray(container))
      return this.#values.error(READ_ERROR.notAnObject);
    return this.#values.encode(Object.hasOwn(container, key) ? container[key] : null);
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
