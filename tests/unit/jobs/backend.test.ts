import { createRequire } from "node:module";
import { mul, tensor1d } from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { AppError } from "#app/errors.ts";
import { chooseBackend } from "#jobs/backend.ts";

const isInstalled = (name: string): boolean => {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
};
const hasWebGpu = isInstalled("webgpu") && isInstalled("@tensorflow/tfjs-backend-webgpu");
const hasNative = isInstalled("@tensorflow/tfjs-node-gpu") || isInstalled("@tensorflow/tfjs-node");

afterEach(() => vi.unstubAllEnvs());

describe("the choice of a backend", () => {
  it("refuses a name that it does not know, in one line with those that it knows", async () => {
    vi.stubEnv("BUNDLESMITH_BACKEND", "quantum");
    await expect(chooseBackend()).rejects.toThrow(
      'BUNDLESMITH_BACKEND: there is no backend "quantum"; expected tfjs-node-gpu, webgpu, tfjs-node, wasm, cpu',
    );
  });

  it.skipIf(hasNative)("says why a forced one does not start, and takes no other", async () => {
    vi.stubEnv("BUNDLESMITH_BACKEND", "tfjs-node");
    const refusal = await chooseBackend().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AppError);
    expect((refusal as AppError).message).toContain("tfjs-node: it is not installed");
    expect((refusal as AppError).message).not.toContain("\n");
    expect((refusal as AppError).isRetryable).toBe(false);
  });

  it.skipIf(hasNative)(
    "without native packages ends at WebAssembly and tells why the better ones were not",
    async () => {
      vi.stubEnv("BUNDLESMITH_BACKEND", undefined);
      const { name, passedOver, memoryBytes } = await chooseBackend();
      // A software adapter of WebGPU is passed over; a graphics card would be taken.
      expect(name).toMatch(/^(wasm|webgpu)$/);
      expect(passedOver[0]).toContain("tfjs-node-gpu: ");
      expect(memoryBytes).toBeGreaterThan(2 ** 20);
      expect([...(await mul(tensor1d([2]), 3).data())]).toEqual([6]);
    },
  );

  it.skipIf(!hasWebGpu)(
    "computes on WebGPU where its packages are installed, if need be in software (else skipped: they are not)",
    async () => {
      const { name, device } = await chooseBackend("webgpu");
      expect(name).toBe("webgpu");
      expect(device).not.toBe("");
      expect([...(await mul(tensor1d([2]), 3).data())]).toEqual([6]);
    },
  );
});
