import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { mul, tensor1d } from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { BackendName } from "#app/process/env.server.ts";
import { AppError } from "#app/process/errors.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { openSoftwareWebGpu } from "#tests/setup/software-webgpu.ts";

const isInstalled = (name: string): boolean => {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
};
const webGpu = openSoftwareWebGpu();
const hasNative = isInstalled("@tensorflow/tfjs-node-gpu") || isInstalled("@tensorflow/tfjs-node");

const Chosen = z.object({
  name: z.string(),
  memoryBytes: z.number(),
  passedOver: z.array(z.string()),
});

/** What a training process of an operator who installed WebGPU's packages chooses. */
async function probe(forced: BackendName | undefined) {
  const child = spawn(process.execPath, ["jobs/probe-backend.ts"], {
    env: { ...webGpu!, BUNDLESMITH_BACKEND: forced },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, chosen: code === 0 ? Chosen.parse(JSON.parse(stdout)) : null };
}

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

  describe.skipIf(webGpu === null)(
    "with WebGPU on a software driver (skipped where its packages or that driver are missing)",
    () => {
      it("takes it where it is forced, and tells its memory", async () => {
        const { code, chosen } = await probe("webgpu");
        expect(code).toBe(0);
        expect(chosen?.name).toBe("webgpu");
        expect(chosen?.memoryBytes).toBeGreaterThan(2 ** 20);
      });

      it.skipIf(hasNative || process.platform !== "linux")(
        "passes it over where it is not, because WebAssembly is faster than software",
        async () => {
          const { code, chosen } = await probe(undefined);
          expect(code).toBe(0);
          expect(chosen?.name).toBe("wasm");
          expect(chosen?.passedOver[1]).toMatch(/^webgpu: it finds no graphics card, only software \(.+\)$/);
        },
      );
    },
  );
});
