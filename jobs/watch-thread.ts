import type { Worker } from "node:worker_threads";

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
