import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { fitSources } from "#app/learning/completion/fit-feature-sources.ts";
import type { WorkerThread } from "#app/learning/completion/train-behaviour.ts";
import { gatherOtherWindow } from "#app/learning/completion/other-windows.ts";
import { trainPurchaseNetwork } from "#app/learning/networks/purchase-network.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import type { ChosenBackend } from "./backend.ts";
import type { ThreadAnswer, ThreadQuestion, ThreadTask } from "./worker-thread-entry.ts";

/** For a smaller log, a thread takes as long to start as it saves. */
const MIN_LINES = 100_000;
/** For the largest inverse, its tiled copy and the thread itself. */
const MIN_MEMORY_BYTES = 2 ** 30;

const THREAD = new URL("./worker-thread-entry.ts", import.meta.url);
/** Six polls in a row without CPU use, half a minute, mean that the thread hangs. */
const POLL_EVERY_MS = 5_000;

/**
 * Opens a worker thread that fits methods and trains networks in parallel to this thread. GPUs and native kernels
 * already use every core, and a single core gains nothing from two threads. In those cases, and for a small log, no
 * thread starts and this thread does the work itself.
 *
 * @param lines lines of the order log
 * @param onFailure called when the worker thread fails or hangs; this thread then does its work
 * @param special another thread and a shorter poll interval, for tests
 * @returns `workerThread` for `trainBehaviour`, undefined if it would not help; `close` ends the thread
 */
export function openWorkerThread(
  { name, memoryBytes }: Pick<ChosenBackend, "name" | "memoryBytes">,
  lines: number,
  onFailure: (reason: string) => void,
  special: { readonly thread?: URL; readonly pollEveryMs?: number } = {},
): { readonly workerThread: WorkerThread | undefined; close(): Promise<void> } {
  const isSlow = name === "wasm" || name === "cpu";
  const isWorthIt = isSlow && lines >= MIN_LINES && availableParallelism() > 1;
  if (!isWorthIt || memoryBytes < MIN_MEMORY_BYTES) return { workerThread: undefined, close: async () => {} };

  const thread = new Worker(special.thread ?? THREAD, { workerData: name });
  const waiting = new Map<number, { resolve(answer: ThreadAnswer): void; reject(reason: Error): void }>();
  const rejectAll = (reason: Error) => {
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  };
  thread.on("message", (answer: ThreadAnswer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.error === undefined) asked?.resolve(answer);
    else asked?.reject(new Error(answer.error));
  });
  let ended: Error | null = null;
  let isClosed = false;
  thread.on("error", (error) =>
    rejectAll((ended = error instanceof Error ? error : new Error(String(error)))),
  );
  const stopWatching = watchThread(thread, {
    pollEveryMs: special.pollEveryMs ?? POLL_EVERY_MS,
    isAtWork: () => waiting.size > 0,
    onHang() {
      rejectAll((ended ??= new Error("the thread was asked and computed nothing")));
      void thread.terminate();
    },
  });
  thread.on("exit", (code) => {
    stopWatching();
    rejectAll((ended ??= new Error(`the thread ended with ${code}`)));
  });

  let asked = 0;
  const ask = (task: ThreadTask, signal: AbortSignal | undefined) =>
    new Promise<ThreadAnswer>((resolve, reject) => {
      if (ended) return reject(ended);
      const id = asked++;
      waiting.set(id, { resolve, reject });
      signal?.addEventListener("abort", () => void thread.terminate(), { once: true });
      thread.postMessage({ id, task } satisfies ThreadQuestion);
    });
  /** The answer of the thread, or this thread's own work if the answer is lost. */
  const orHere = async <T>(
    answer: Promise<ThreadAnswer>,
    read: (answer: ThreadAnswer) => T | undefined,
    signal: AbortSignal | undefined,
    here: () => Promise<T>,
  ): Promise<T> => {
    try {
      return read(await answer)!;
    } catch (error) {
      signal?.throwIfAborted();
      // The caller has closed the thread and no longer waits for the answer.
      if (isClosed) throw error;
      onFailure((error as Error).message);
      return here();
    }
  };
  const workerThread: WorkerThread = {
    fit(baskets, cutoffMs, signal) {
      const task = { kind: "fit", baskets: unnamed(baskets), cutoffMs } as const;
      const here = () => fitSources(baskets, cutoffMs, signal ? { signal } : {});
      return orHere(ask(task, signal), ({ fitted }) => fitted, signal, here);
    },
    gather(work, signal) {
      const [past, learnsFrom] = [unnamed(work.past), unnamed(work.learnsFrom)];
      const here = () => gatherOtherWindow(work, signal ? { signal } : {});
      const task = { kind: "gather", work: { ...work, past, learnsFrom } } as const;
      return orHere(ask(task, signal), ({ windows }) => windows, signal, here);
    },
    train(examples, heldOut, settings, { seed, memoryBytes, signal }) {
      const task = { kind: "train", examples, heldOut, settings, seed, memoryBytes } as const;
      const here = () => trainPurchaseNetwork(examples, heldOut, settings, { seed, memoryBytes, signal });
      return orHere(ask(task, signal), ({ network }) => network, signal, here);
    },
  };
  return {
    workerThread,
    async close() {
      isClosed = true;
      await thread.terminate();
    },
  };
}

/** Drops the order ids: training does not use them, and they are most of the data to copy. */
function unnamed(baskets: Baskets): Baskets {
  return { ...baskets, orderIds: [] };
}

/** A hanging thread uses less CPU time than this between two polls; a working one uses far more. */
const ALIVE_MICROSECONDS = 5_000;
/** A busy machine can starve a working thread for a single poll. */
const SILENT_POLLS = 6;

interface Watching {
  readonly pollEveryMs: number;
  /** Whether a task is pending; otherwise the thread can be idle. */
  isAtWork(): boolean;
  /** Called once. */
  onHang(): void;
}

/**
 * Detects a thread that hangs on its event loop or a lock instead of ending. The sign of life is CPU time, because a
 * thread inside a kernel answers no message and fires no timer. Silence is counted in polls, not in time, so that a
 * sleeping machine or a busy watcher proves nothing.
 *
 * Known weakness: an endless loop uses CPU time and is never detected. The fallback to this thread would loop as well.
 *
 * @param thread not yet ended
 * @returns stops the watching; call it when the thread ends
 */
export function watchThread(thread: Worker, { pollEveryMs, isAtWork, onHang }: Watching): () => void {
  let usedBefore: number | null = null;
  let silentPolls = 0;
  let isPolling = false;
  const poll = async () => {
    // A thread in native code answers late and counts as working until then.
    if (isPolling) return;
    isPolling = true;
    const { user, system } = await thread.cpuUsage();
    isPolling = false;
    const used = user + system;
    const isSilent = isAtWork() && usedBefore !== null && used - usedBefore < ALIVE_MICROSECONDS;
    usedBefore = used;
    silentPolls = isSilent ? silentPolls + 1 : 0;
    if (silentPolls < SILENT_POLLS) return;
    stop();
    onHang();
  };
  // A thread that is starting or has ended rejects the call. Its end has its own event.
  const timer = setInterval(() => void poll().catch(() => (isPolling = false)), pollEveryMs);
  timer.unref();
  const stop = () => clearInterval(timer);
  return stop;
}
