import { parentPort, workerData } from "node:worker_threads";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import type { BackendName } from "#app/env.server.ts";
import { fitSources, type FittedSources } from "#app/learning/fit-feature-sources.ts";
import { chooseBackend } from "./backend.ts";

/** What `fit-aside.ts` asks of its thread. */
export interface FitQuestion {
  readonly id: number;
  readonly baskets: Baskets;
  readonly cutoffMs: number;
}

/** Either what was fitted or why it was not. */
export interface FitAnswer {
  readonly id: number;
  readonly fitted?: FittedSources;
  readonly error?: string;
}

const port = parentPort;
if (port) {
  const backend = chooseBackend(workerData as BackendName);
  let before: Promise<unknown> = Promise.resolve();
  // One after the other: each takes a core, and the first that was asked for is needed first.
  port.on("message", ({ id, baskets, cutoffMs }: FitQuestion) => {
    before = before.then(async () => {
      try {
        await backend;
        const fitted = await fitSources(baskets, cutoffMs, {});
        // The inverse is most of it, and is handed over instead of copied.
        port.postMessage({ id, fitted } satisfies FitAnswer, [fitted.ease.weights.buffer as ArrayBuffer]);
      } catch (error) {
        const told = error instanceof Error ? error.message : String(error);
        port.postMessage({ id, error: told } satisfies FitAnswer);
      }
    });
  });
}
