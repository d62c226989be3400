import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { fitSources } from "#app/learning/completion/fit-feature-sources.ts";
import type { WorkerThread } from "#app/learning/completion/train-behaviour.ts";
import { gatherOtherWindow } from "#app/learning/completion/other-windows.ts";
import { trainPurchaseNetwork } from "#app/learning/networks/purchase-network.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import type { ChosenBackend } from "./backend.ts";
import type { ThreadAnswer, ThreadQuestion, ThreadTask } from "./worker-thread-entry.ts";

/** Below it a thread takes as long to start as it saves. */
const MIN_LINES = 100_000;
/** Of the largest inverse, its copy in tiles and the thread itself. */
const MIN_MEMORY_BYTES = 2 ** 30;

const THREAD = new URL("./worker-thread-entry.ts", import.meta.url);
/** So many polls in a row of a thread that computes nothing, half a minute, and it is taken to hang. */
const POLL_EVERY_MS = 5_000;

/**
 * A worker thread that fits methods and trains networks while this one does. Graphics cards and native kernels use
 * every core by themselves, and one core is no faster with two threads: there, and for a small log, nothing is started
 * and this thread does all by itself, when it is asked for.
 *
 * @param lines of the order log
 * @param onFailure told why the worker thread failed, or that it hangs; what it was to do is then done by this one
 * @param special another thread and shorter polls of it, for tests
 * @returns `workerThread` for `trainBehaviour`, undefined where a worker thread would not help; `close` ends the thread
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
  /** What the thread answers, or this thread's own work where it was lost. */
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
      // Nobody waits for the answer any more.
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

/** The names of orders are no part of what is learned, and most of what would be copied. */
function unnamed(baskets: Baskets): Baskets {
  return { ...baskets, orderIds: [] };
}

/** A thread that stands still is not even given so much of the processor between two polls; one at work is given most. */
const ALIVE_MICROSECONDS = 5_000;
/** One poll may fall into a moment in which a busy machine gives the thread nothing. */
const SILENT_POLLS = 6;

interface Watching {
  readonly pollEveryMs: number;
  /** Whether anybody waits for the thread: otherwise it may rest. */
  isAtWork(): boolean;
  /** Called once. */
  onHang(): void;
}

/**
 * Notices a thread that hangs instead of ending: one that waits for what never comes, in its event loop or in a lock.
 * Processor time is the sign of life, since a thread deep in a kernel answers no message and fires no timer. It is
 * counted by polls, not by the clock, so that a machine that slept, or a watcher that was busy itself, proves nothing.
 *
 * Known weakness: an endless loop uses the processor and is waited for; whoever did its work instead would meet it too.
 *
 * @param thread not yet ended
 * @returns ends the watching; to be called when the thread ends
 */
export function watchThread(thread: Worker, { pollEveryMs, isAtWork, onHang }: Watching): () => void {
  let usedBefore: number | null = null;
  let silentPolls = 0;
  let isPolling = false;
  const poll = async () => {
    // A thread in native code answers only after it: until then it works.
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
  // A thread that is starting or has ended refuses to tell; its end is told by an event of its own.
  const timer = setInterval(() => void poll().catch(() => (isPolling = false)), pollEveryMs);
  timer.unref();
  const stop = () => clearInterval(timer);
  return stop;
}
