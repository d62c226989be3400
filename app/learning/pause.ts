/**
 * Yields to timers, signals, messages and the process's locks within a long computation.
 *
 * @throws DOMException AbortError when the signal is aborted, also during the pause
 */
export async function pause(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
