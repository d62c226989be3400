import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { BackendName } from "#app/process/env.server.ts";
import { openSoftwareWebGpu } from "#tests/setup/software-webgpu.ts";

const SCRIPT = fileURLToPath(new URL("./networks/learn-on-backend.ts", import.meta.url));

const Rankings = z.array(z.array(z.number()));
const Learnt = z.object({
  name: z.string(),
  losses: z.array(z.number()),
  network: Rankings,
  ease: Rankings,
  tensorsLeft: z.number(),
});
type Learnt = z.infer<typeof Learnt>;

async function learnOn(name: BackendName, env: NodeJS.ProcessEnv = process.env): Promise<Learnt> {
  const child = spawn(process.execPath, [SCRIPT], { env: { ...env, BUNDLESMITH_BACKEND: name } });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(stderr);
  return Learnt.parse(JSON.parse(stdout.trim().split("\n").at(-1)!));
}

function expectAlike(learnt: Learnt, onWasm: Learnt): void {
  learnt.losses.forEach((loss, epoch) => expect(loss).toBeCloseTo(onWasm.losses[epoch]!, 4));
  expect(learnt.network).toEqual(onWasm.network);
  expect(learnt.ease).toEqual(onWasm.ease);
  expect(learnt.tensorsLeft).toBe(0);
}

describe("a trained model ranks as on WebAssembly", () => {
  const webGpu = openSoftwareWebGpu();
  let onWasm: Learnt;
  beforeAll(async () => {
    onWasm = await learnOn("wasm");
    expect(onWasm.name).toBe("wasm");
  });

  it("in plain JavaScript", async () => {
    const learnt = await learnOn("cpu");
    expect(learnt.name).toBe("cpu");
    expectAlike(learnt, onWasm);
  });

  it.skipIf(webGpu === null)(
    "on WebGPU (skipped without its packages or Chromium's software driver)",
    async () => {
      const learnt = await learnOn("webgpu", webGpu!);
      expect(learnt.name).toBe("webgpu");
      expectAlike(learnt, onWasm);
    },
  );
});
