/** An answer within this time is read anew whenever it is asked for. */
const SLOW_MS = 1_000;
/** A slow answer is handed out again for so many times as long as it took: reading takes a hundredth of the time at most. */
const REUSE_FACTOR = 100;

/**
 * Answers of slow questions, kept in this process. Whoever asks while one is being read waits for the same reading; a
 * failure is told to all who wait, and kept for nobody.
 *
 * @param clock milliseconds, never falling
 */
export function createSlowAnswers<T>(
  clock: () => number,
): (key: string, read: () => Promise<T>) => Promise<T> {
  const kept = new Map<string, { readonly answer: Promise<T>; untilMs: number }>();
  return async (key, read) => {
    const known = kept.get(key);
    if (known && clock() < known.untilMs) return known.answer;
    const startedMs = clock();
    const entry = { answer: read(), untilMs: Infinity };
    kept.set(key, entry);
    const settle = (tookMs: number) => {
      if (tookMs >= SLOW_MS) entry.untilMs = clock() + REUSE_FACTOR * tookMs;
      else kept.delete(key);
    };
    return entry.answer.then(
      (answer) => {
        settle(clock() - startedMs);
        return answer;
      },
      (error: unknown) => {
        settle(0);
        throw error;
      },
    );
  };
}
