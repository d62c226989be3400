import { pathToFileURL } from "node:url";
import { readFunctionWasm } from "#extensions/build.ts";
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

/** Measures the Function on carts whose every offer is fulfilled: one JSON line per figure. */
export async function measureFunction(): Promise<Figure[]> {
  const wasm = await readFunctionWasm();
  const figures: Figure[] = [{ name: "function.module", value: wasm.length, unit: "bytes", limit: 24_000 }];
  for (const { name, input } of listFunctionInputs()) {
    const run = runFunction(wasm, input);
    figures.push(
      {
        name: `function.${name}.instructions`,
        value: run.instructions,
        unit: "instructions",
        limit: 7_000_000,
      },
      { name: `function.${name}.memory`, value: run.memoryBytes, unit: "bytes", limit: 10_000_000 },
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

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const { limit, ...figure } of await measureFunction()) {
    console.log(
      JSON.stringify({ ...figure, peer: "limit", ratio: Number((figure.value / limit).toFixed(3)) }),
    );
    if (figure.value > limit) process.exitCode = 1;
  }
}
