/** An answer within this time is read anew whenever it is asked for. */
const SLOW_MS = 1_000;
/** A slow answer is handed out again for so many times as long as it took: reading takes a hundredth of the time at most. */
const REUSE_FACTOR = 100;

/** Asks a question under its key: reads the answer anew, or hands out the one that is kept. A key has one type of answer. */
export type SlowAnswers = <T>(key: string, read: () => Promise<T>) => Promise<T>;

/**
 * Answers of slow questions, kept in this process. Whoever asks while one is being read waits for the same reading; a
 * failure is told to all who wait, and kept for nobody.
 *
 * @param clock milliseconds, never falling
 */
export function createSlowAnswers(clock: () => number): SlowAnswers {
  const kept = new Map<string, { readonly answer: Promise<unknown>; untilMs: number }>();
  return async <T>(key: string, read: () => Promise<T>) => {
    const known = kept.get(key);
    if (known && clock() < known.untilMs) return known.answer as Promise<T>;
    const startedMs = clock();
    const answer = read();
    const entry = { answer, untilMs: Infinity };
    kept.set(key, entry);
    const settle = (tookMs: number) => {
      if (tookMs >= SLOW_MS) entry.untilMs = clock() + REUSE_FACTOR * tookMs;
      else kept.delete(key);
    };
    return answer.then(
      (value) => {
        settle(clock() - startedMs);
        return value;
      },
      (error: unknown) => {
        settle(0);
        throw error;
      },
    );
  };
}
