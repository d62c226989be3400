import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { backend, getBackend, ready, setBackend } from "@tensorflow/tfjs-core";
import { readForcedBackend, type BackendName } from "#app/process/env.server.ts";
import { inputError } from "#app/process/errors.ts";
import { z } from "zod";

const TFJS_NAME: Readonly<Record<BackendName, string>> = {
  "tfjs-node-gpu": "tensorflow",
  webgpu: "webgpu",
  "tfjs-node": "tensorflow",
  wasm: "wasm",
  cpu: "cpu",
};

const UNFORCED = ["tfjs-node-gpu", "webgpu", "tfjs-node", "wasm"] as const satisfies readonly BackendName[];

/** WebAssembly can address no more than this. */
const WASM_MEMORY_BYTES = 2 * 2 ** 30;

export interface ChosenBackend {
  readonly name: BackendName;
  /** Memory available to tensors. */
  readonly memoryBytes: number;
  /** Why each preferred backend was skipped. */
  readonly passedOver: readonly string[];
}

/**
 * Picks the TensorFlow.js backend of this process, in this order: CUDA through tfjs-node-gpu; a graphics card of any
 * vendor through WebGPU, if the operator installed the packages `webgpu` and `@tensorflow/tfjs-backend-webgpu`; native
 * kernels on the CPU; WebAssembly. A GPU package without a graphics card is skipped, because a software adapter is
 * slower than WebAssembly. Only a forced WebGPU accepts one.
 *
 * @param forced the only backend to try; BUNDLESMITH_BACKEND by default
 * @throws AppError input_invalid, on one line, if the forced backend is unknown or does not start here
 * @throws Error if none starts; the message has each reason
 * @see app/decisions/house/006-tensorflow-core-on-webassembly-by-default.md
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

/** Starts one backend and returns its memory in bytes, or the reason why it does not start. */
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

/** Registers one backend with TensorFlow.js and returns the memory for tensors in bytes. */
async function load(name: BackendName, isForced: boolean): Promise<number> {
  const ofProcessor = process.availableMemory();
  switch (name) {
    case "tfjs-node-gpu":
      await importOptional("@tensorflow/tfjs-node-gpu");
      // The memory of the card is unknown. A batch too large for this does not fit on the card either.
      return ofProcessor;
    case "webgpu":
      return loadWebGpu({ isSoftwareEnough: isForced });
    case "tfjs-node":
      // The GPU package also has the CPU kernels.
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

/** Loads an optional package. The specifier is a variable, so the compiler needs no types. */
async function importOptional(name: string): Promise<void> {
  let path: string;
  try {
    path = require.resolve(name);
  } catch {
    throw new Error("it is not installed");
  }
  await import(pathToFileURL(path).href);
}

/** Without a graphics card tfjs-node-gpu runs on the CPU and reports that here. */
function isOnGraphicsCard(): boolean {
  return (backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
}

const PACKAGES = ["webgpu", "@tensorflow/tfjs-backend-webgpu"] as const;

/** The fields of the WebGPU adapter that we read. */
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
 * Gives this process WebGPU through the package `webgpu` (Dawn: Vulkan, Metal or Direct3D) and loads the TensorFlow.js
 * backend for it, which registers itself.
 *
 * @param isSoftwareEnough whether to accept an adapter that runs on the CPU
 * @throws Error if a package is not installed or no adapter is acceptable
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
  // Limit of a single tensor. The tensors of a batch fit into it together.
  return limits.maxStorageBufferBindingSize;
}
