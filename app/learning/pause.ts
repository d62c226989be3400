/**
 * Lets what else is waiting have its turn within a long computation.
 *
 * @throws DOMException AbortError when the signal is aborted
 */
export async function pause(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise((resolve) => setImmediate(resolve));
}
