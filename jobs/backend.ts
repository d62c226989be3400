import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { backend, getBackend, ready, setBackend } from "@tensorflow/tfjs-core";
import { readForcedBackend, type BackendName } from "#app/process/env.server.ts";
import { inputError } from "#app/process/errors.ts";
import { z } from "zod";

/** What TensorFlow.js calls each of them. */
const TFJS_NAME: Readonly<Record<BackendName, string>> = {
  "tfjs-node-gpu": "tensorflow",
  webgpu: "webgpu",
  "tfjs-node": "tensorflow",
  wasm: "wasm",
  cpu: "cpu",
};

const UNFORCED = ["tfjs-node-gpu", "webgpu", "tfjs-node", "wasm"] as const satisfies readonly BackendName[];

/** WebAssembly's memory ends here, whatever the machine has. */
const WASM_MEMORY_BYTES = 2 * 2 ** 30;

export interface ChosenBackend {
  readonly name: BackendName;
  /** Memory that tensors may take. */
  readonly memoryBytes: number;
  /** Why each better one was passed over. */
  readonly passedOver: readonly string[];
}

/**
 * Picks the TensorFlow.js backend of this process: CUDA by tfjs-node-gpu, any vendor's graphics card by WebGPU where
 * the operator installed the packages `webgpu` and `@tensorflow/tfjs-backend-webgpu`, native kernels on the processor,
 * WebAssembly. A graphics package that finds no graphics card is passed over, unless it is forced: a software adapter
 * is slower than WebAssembly. See app/decisions/house/006-tensorflow-core-on-webassembly-by-default.md.
 *
 * @param forced take this one or fail; by default what BUNDLESMITH_BACKEND says
 * @throws AppError input_invalid, on one line, when there is no such backend or it does not start here
 * @throws Error when none starts at all; the message has each reason
 */
export async function chooseBackend(
  forced: BackendName | undefined = readForcedBackend(),
): Promise<ChosenBackend> {
  const passedOver: string[] = [];
  for (const name of forced ? [forced] : UNFORCED) {
    const started = await tryBackend(name, forced !== undefined);
    if (typeof started === "number") return { name, memoryBytes: started, passedOver };
    passedOver.push(`${name}: ${started}`);
  }
  if (forced === undefined) throw new Error(`No TensorFlow.js backend starts. ${passedOver.join("; ")}`);
  const reason = passedOver.join("; ");
  throw inputError(`BUNDLESMITH_BACKEND asks for what does not start here. ${reason}`);
}

/** Starts one backend and tells its memory; why not, in words, when it cannot be had. */
async function tryBackend(name: BackendName, isForced: boolean): Promise<number | string> {
  try {
    const memoryBytes = await load(name, isForced);
    if (!(await setBackend(TFJS_NAME[name]))) return "it registered but did not initialise";
    await ready();
    if (getBackend() !== TFJS_NAME[name]) return `TensorFlow.js chose ${getBackend()} instead`;
    if (name === "tfjs-node-gpu" && !isOnGraphicsCard()) return "it finds no graphics card with CUDA";
    return memoryBytes;
  } catch (error) {
    const [line] = (error instanceof Error ? error.message : String(error)).split("\n");
    return line!;
  }
}

const require = createRequire(import.meta.url);

/** Registers one backend with TensorFlow.js, and tells the memory that tensors may take there. */
async function load(name: BackendName, isForced: boolean): Promise<number> {
  const ofProcessor = process.availableMemory();
  switch (name) {
    case "tfjs-node-gpu":
      await importOptional("@tensorflow/tfjs-node-gpu");
      // What the card has is not told; a batch that does not fit in this does not fit there either.
      return ofProcessor;
    case "webgpu":
      return loadWebGpu({ isSoftwareEnough: isForced });
    case "tfjs-node":
      // The package for graphics cards has the processor's kernels too.
      await importOptional("@tensorflow/tfjs-node").catch(() => importOptional("@tensorflow/tfjs-node-gpu"));
      return ofProcessor;
    case "wasm": {
      const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
      setWasmPaths(join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm")), "/"));
      return Math.min(WASM_MEMORY_BYTES, ofProcessor);
    }
    case "cpu":
      await import("@tensorflow/tfjs-backend-cpu");
      return ofProcessor;
  }
}

/** Loads a package that need not be there: the specifier is a value, so that the compiler asks for no types. */
async function importOptional(name: string): Promise<void> {
  let path: string;
  try {
    path = require.resolve(name);
  } catch {
    throw new Error("it is not installed");
  }
  await import(pathToFileURL(path).href);
}

/** Without a graphics card tfjs-node-gpu computes on the processor and says so here. */
function isOnGraphicsCard(): boolean {
  return (backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
}

const PACKAGES = ["webgpu", "@tensorflow/tfjs-backend-webgpu"] as const;

/** What we read of the adapter that WebGPU offers. */
const Adapter = z.object({
  info: z.object({ description: z.string(), isFallbackAdapter: z.boolean().optional() }),
  limits: z.object({ maxStorageBufferBindingSize: z.number() }),
});

interface WebGpuModule {
  readonly create: (flags: string[]) => { requestAdapter(options: object): Promise<unknown> };
  readonly globals: object;
}

let isLoaded = false;

/**
 * Gives this process WebGPU by the package `webgpu` (Dawn: Vulkan, Metal or Direct3D), as a browser would, and loads
 * TensorFlow.js's backend for it, which then registers itself.
 *
 * @param isSoftwareEnough whether an adapter will do that computes on the processor
 * @throws Error in words when a package is not installed, or there is no adapter that will do
 */
async function loadWebGpu({ isSoftwareEnough }: { isSoftwareEnough: boolean }): Promise<number> {
  const [webGpuPath, backendPath] = PACKAGES.map((name) => {
    try {
      return pathToFileURL(require.resolve(name)).href;
    } catch {
      throw new Error(`it needs the packages ${PACKAGES.join(" and ")}; ${name} is not installed`);
    }
  });
  const { create, globals } = (await import(webGpuPath!)) as WebGpuModule;
  const navigator = globalThis.navigator as { gpu?: ReturnType<WebGpuModule["create"]> };
  if (!navigator.gpu) {
    Object.assign(globalThis, globals);
    navigator.gpu = create([]);
  }
  const offered = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
  if (offered === null) throw new Error("it finds no graphics card");
  const { info, limits } = Adapter.parse(offered);
  if (info.isFallbackAdapter && !isSoftwareEnough) {
    throw new Error(`it finds no graphics card, only software (${info.description})`);
  }
  if (!isLoaded) await import(backendPath!);
  isLoaded = true;
  // No single tensor may be larger; all of a batch's together fit in it then.
  return limits.maxStorageBufferBindingSize;
}
