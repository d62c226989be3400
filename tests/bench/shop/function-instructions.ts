import { pathToFileURL } from "node:url";
import { readFunctionWasm } from "#tests/standin/storefront/read-function.ts";
import { listFunctionInputs } from "#tests/bench/function-inputs.ts";
import { FUNCTION_LIMITS } from "#tests/standin/function-host/limits.ts";
import { runFunction } from "#tests/standin/function-host/run-function.ts";

interface Figure {
  name: string;
  value: number;
  unit: string;
  /** Figures above this fail the benchmark. */
  limit: number;
}

/**
 * Measures the Function on carts in which every offer is fulfilled: one JSON line per figure. With FUNCTION_PROVIDER,
 * the path of Shopify's provider module, uses that module; otherwise the model of its work.
 */
async function measureFunction(): Promise<Figure[]> {
  const wasm = await readFunctionWasm();
  const { outputBytes } = FUNCTION_LIMITS;
  const figures: Figure[] = [{ name: "function.module", value: wasm.length, unit: "bytes", limit: 24_000 }];
  for (const { name, input } of listFunctionInputs()) {
    const run = runFunction(wasm, input);
    const instructions = { unit: "instructions", limit: 7_000_000 };
    const bytes = { unit: "bytes", limit: 10_000_000 };
    const guest = run.instructions - run.providerInstructions;
    figures.push(
      { name: `function.${name}.instructions`, value: run.instructions, ...instructions },
      { name: `function.${name}.instructions-own`, value: guest, ...instructions },
      { name: `function.${name}.instructions-provider`, value: run.providerInstructions, ...instructions },
      { name: `function.${name}.memory`, value: run.memoryBytes, ...bytes },
      { name: `function.${name}.memory-provider`, value: run.providerMemoryBytes, ...bytes },
      { name: `function.${name}.output`, value: run.outputBytes, unit: "bytes", limit: outputBytes },
    );
  }
  return figures;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const { limit, ...figure } of await measureFunction()) {
    console.log(
      JSON.stringify({ ...figure, peer: "limit", ratio: Number((figure.value / limit).toFixed(3)) }),
    );
    if (figure.value > limit) process.exitCode = 1;
  }
}
