/**
 * What the app answers to a page beside its own data. The router does not ask: a reading of the page that comes in between
 * would take the page away, or have it drawn anew.
 *
 * @returns null where there is no answer, or none that can be used, and where the question was aborted
 */
export async function askApp<T>(path: string, signal?: AbortSignal): Promise<T | null> {
  try {
    const answer = await fetch(path, signal ? { signal } : {});
    return answer.ok ? ((await answer.json()) as T) : null;
  } catch {
    return null;
  }
}
