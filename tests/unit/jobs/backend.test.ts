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

/** Runs a training process with WebGPU's packages installed and returns the backend that it chooses. */
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
  it("refuses an unknown name and lists the known ones in one line", async () => {
    vi.stubEnv("BUNDLESMITH_BACKEND", "quantum");
    await expect(chooseBackend()).rejects.toThrow(
      'BUNDLESMITH_BACKEND: there is no backend "quantum"; expected tfjs-node-gpu, webgpu, tfjs-node, wasm, cpu',
    );
  });

  it.skipIf(hasNative)(
    "says why a forced backend does not start, and does not fall back to another",
    async () => {
      vi.stubEnv("BUNDLESMITH_BACKEND", "tfjs-node");
      const refusal = await chooseBackend().catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(AppError);
      expect((refusal as AppError).message).toContain("tfjs-node: it is not installed");
      expect((refusal as AppError).message).not.toContain("\n");
      expect((refusal as AppError).isRetryable).toBe(false);
    },
  );

  it.skipIf(hasNative)(
    "falls back to WebAssembly without native packages, and says why faster backends were skipped",
    async () => {
      vi.stubEnv("BUNDLESMITH_BACKEND", undefined);
      const { name, passedOver, memoryBytes } = await chooseBackend();
      // WebGPU is skipped on a software adapter and chosen on a graphics card.
      expect(name).toMatch(/^(wasm|webgpu)$/);
      expect(passedOver[0]).toContain("tfjs-node-gpu: ");
      expect(memoryBytes).toBeGreaterThan(2 ** 20);
      expect([...(await mul(tensor1d([2]), 3).data())]).toEqual([6]);
    },
  );

  describe.skipIf(webGpu === null)(
    "with WebGPU on a software driver (skipped without its packages or the driver)",
    () => {
      it("uses WebGPU if it is forced, and reports its memory", async () => {
        const { code, chosen } = await probe("webgpu");
        expect(code).toBe(0);
        expect(chosen?.name).toBe("webgpu");
        expect(chosen?.memoryBytes).toBeGreaterThan(2 ** 20);
      });

      it.skipIf(hasNative || process.platform !== "linux")(
        "skips WebGPU if it is not forced, because WebAssembly is faster than software",
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
