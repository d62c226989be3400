import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { fitSources, type FittedSources } from "#app/learning/fit-feature-sources.ts";
import type { FitAside } from "#app/learning/train-behaviour.ts";
import type { ChosenBackend } from "./backend.ts";
import type { FitAnswer, FitQuestion } from "./fit-thread.ts";

/** Below it a thread takes as long to start as it saves. */
const MIN_LINES = 100_000;
/** Of the largest inverse, its copy in tiles and the thread itself. */
const MIN_MEMORY_BYTES = 2 ** 30;

/**
 * A second thread that fits methods while this one trains. Graphics cards and native kernels use every core by
 * themselves, and one core is no faster with two threads: there, and for a small log, nothing is started and the fit
 * is made by this thread when it is asked for.
 *
 * @param lines of the order log
 * @param onFailure told why the second thread failed; what it was to do is then done by this one
 * @returns `fit` for `trainBehaviour`, undefined where a second thread would not help; `close` ends the thread
 */
export function openFitAside(
  { name, memoryBytes }: Pick<ChosenBackend, "name" | "memoryBytes">,
  lines: number,
  onFailure: (reason: string) => void,
): { readonly fit: FitAside | undefined; close(): Promise<void> } {
  const isSlow = name === "wasm" || name === "cpu";
  const isWorthIt = isSlow && lines >= MIN_LINES && availableParallelism() > 1;
  if (!isWorthIt || memoryBytes < MIN_MEMORY_BYTES) return { fit: undefined, close: async () => {} };

  const thread = new Worker(new URL("./fit-thread.ts", import.meta.url), { workerData: name });
  const waiting = new Map<number, { resolve(fitted: FittedSources): void; reject(reason: Error): void }>();
  const rejectAll = (reason: Error) => {
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  };
  thread.on("message", ({ id, fitted, error }: FitAnswer) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (fitted) asked?.resolve(fitted);
    else asked?.reject(new Error(error));
  });
  let ended: Error | null = null;
  thread.on("error", (error) =>
    rejectAll((ended = error instanceof Error ? error : new Error(String(error)))),
  );
  thread.on("exit", (code) => rejectAll((ended ??= new Error(`the thread ended with ${code}`))));

  let asked = 0;
  const ask = (question: Omit<FitQuestion, "id">, signal: AbortSignal | undefined) =>
    new Promise<FittedSources>((resolve, reject) => {
      if (ended) return reject(ended);
      const id = asked++;
      waiting.set(id, { resolve, reject });
      signal?.addEventListener("abort", () => void thread.terminate(), { once: true });
      thread.postMessage({ id, ...question } satisfies FitQuestion);
    });
  return {
    async fit(baskets, cutoffMs, signal) {
      try {
        // The names of orders are no part of what is learned, and most of what would be copied.
        return await ask({ baskets: { ...baskets, orderIds: [] }, cutoffMs }, signal);
      } catch (error) {
        signal?.throwIfAborted();
        onFailure((error as Error).message);
        return fitSources(baskets, cutoffMs, signal ? { signal } : {});
      }
    },
    async close() {
      await thread.terminate();
    },
  };
}
