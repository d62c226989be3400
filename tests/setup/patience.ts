/**
 * Time limits of the tests, all of them. No promise of the app is in here: they only end what hangs, and what comes in a
 * second on an idle machine may take minutes on a busy one.
 */

/** For anything that is awaited: a page, an answer, a row. */
export const PATIENCE_MS = 600_000;
/** For a run of the loop to learn and to propose. */
export const LEARNING_PATIENCE_MS = 900_000;
/** For a test, and for what runs before or after it. */
export const HANGING_AFTER_MS = 3_600_000;

const BETWEEN_ATTEMPTS_MS = 50;

/**
 * Asks until the answer is neither null nor false, and gives it.
 *
 * @param what ends the sentence "waited too long until …", with what is known when the wait fails
 */
export async function until<T>(
  find: () => T | Promise<T>,
  what: string | (() => string | Promise<string>),
  limitMs = PATIENCE_MS,
): Promise<Exclude<T, null | false | undefined>> {
  const endsMs = performance.now() + limitMs;
  for (;;) {
    const found = await find();
    if (found !== null && found !== false && found !== undefined) {
      return found as Exclude<T, null | false | undefined>;
    }
    if (performance.now() > endsMs) {
      throw new Error(`waited too long until ${typeof what === "string" ? what : await what()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_ATTEMPTS_MS));
  }
}

/** Asks a web address until it answers with a success. */
export async function untilOk(url: string): Promise<void> {
  const isOk = async () => {
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    return answer !== null && answer.ok;
  };
  await until(isOk, `${url} answers`);
}
