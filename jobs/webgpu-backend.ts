import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { z } from "zod";

const PACKAGES = ["webgpu", "@tensorflow/tfjs-backend-webgpu"] as const;

/** What we read of the adapter that WebGPU offers. */
const Adapter = z.object({
  info: z.object({ vendor: z.string(), description: z.string(), isFallbackAdapter: z.boolean().optional() }),
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
export async function loadWebGpu({
  isSoftwareEnough,
}: {
  isSoftwareEnough: boolean;
}): Promise<{ device: string; memoryBytes: number }> {
  const require = createRequire(import.meta.url);
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
  return {
    device: info.description === "" ? info.vendor : info.description,
    // No single tensor may be larger; all of a batch's together fit in it then.
    memoryBytes: limits.maxStorageBufferBindingSize,
  };
}
