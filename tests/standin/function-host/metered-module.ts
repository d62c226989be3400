import metering from "wasm-metering";

/** Cost of the two instructions that the metering itself inserts at each count; subtracted again. */
const OVERHEAD_PER_COUNT = 2;

/** Adds up the instructions of one run. */
export class InstructionCounter {
  #total = 0;
  readonly #limit: number;
  readonly #onLimit: (total: number) => never;

  constructor(limit: number, onLimit: (total: number) => never) {
    this.#limit = limit;
    this.#onLimit = onLimit;
  }

  /** Called by the metered module at the end of each straight run of instructions. */
  readonly count = (instructions: number): void => {
    this.#total += instructions - OVERHEAD_PER_COUNT;
    if (this.#total > this.#limit) this.#onLimit(this.#total);
  };

  get total(): number {
    return this.#total;
  }
}

/**
 * A copy of a module that reports every instruction before it runs, one opcode = one instruction, to the import
 * `metering.usegas`. The module must use WebAssembly 1.0 only, because the metering knows no later instruction.
 *
 * Known weakness: opcodes are not calibrated to what Shopify's runner charges for each.
 */
export function meterModule(wasm: Uint8Array): WebAssembly.Module {
  // The package looks its costs up one level deeper than it documents.
  const costTable = { code: { code: { DEFAULT: 1 }, local: {} }, type: {} };
  const metered = metering.meterWASM(Buffer.from(wasm), { meterType: "i32", costTable });
  return new WebAssembly.Module(metered);
}
