/**
 * Fetches JSON from a resource route. Does not use the router, because a revalidation of the page would cancel the
 * request or redraw the page.
 *
 * @returns null for a failed, refused, invalid or aborted request
 */
export async function askApp<T>(path: string, signal?: AbortSignal): Promise<T | null> {
  try {
    const answer = await fetch(path, signal ? { signal } : {});
    return answer.ok ? ((await answer.json()) as T) : null;
  } catch {
    return null;
  }
}
