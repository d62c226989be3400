/**
 * All time limits of the tests. They only end a test that hangs and promise nothing about the app: a wait of a second
 * on an idle machine can take minutes on a busy one.
 */

/** For a single wait: a page, a response, a row. */
export const PATIENCE_MS = 600_000;
/** For a run to learn and to propose. */
export const LEARNING_PATIENCE_MS = 900_000;
/** For a test, and for its hooks. */
export const HANGING_AFTER_MS = 3_600_000;

const BETWEEN_ATTEMPTS_MS = 50;

/**
 * Polls until the result is not null, false or undefined, and returns it.
 *
 * @param what completes the error "waited too long until …"; a function is called when the wait fails
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

/** Polls a URL until it responds with a success status. */
export async function untilOk(url: string): Promise<void> {
  const isOk = async () => {
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    return answer !== null && answer.ok;
  };
  await until(isOk, `${url} answers`);
}
