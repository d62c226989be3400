import { useCallback, useEffect, useRef } from "react";

/**
 * Keeps the keyboard's place in a list whose rows leave it as they are decided: a button that goes takes the focus with
 * it, and whoever works without a pointer would begin at the top of the page again. Once a decision is answered, the
 * focus that was so lost goes to the link of the first row decided, if that is still there, else of the row that moved
 * into its place, else to the list itself.
 *
 * @param ids of the rows in the order shown, each also the id of its element
 * @param isDeciding while a decision is on its way
 * @returns `list` for the element around the rows, which stays when none is left and takes the focus (`tabIndex` -1), and
 *   `keepPlace`, to be called with the rows that are about to be decided
 */
export function useKeptPlace(ids: readonly string[], isDeciding: boolean) {
  const list = useRef<HTMLDivElement>(null);
  const place = useRef<{ readonly id: string; readonly index: number } | null>(null);
  const keepPlace = useCallback(
    (decided: readonly string[]) => {
      const index = ids.findIndex((id) => decided.includes(id));
      place.current = index === -1 ? null : { id: ids[index]!, index };
    },
    [ids],
  );
  useEffect(() => {
    if (isDeciding || !place.current) return;
    const { id, index } = place.current;
    const isThere = ids.includes(id);
    const isLost = isFocusLost();
    // The list may be drawn anew between the key and its answer, or after it: the row goes with the list that follows.
    const isWatched = isThere && (isLost || document.getElementById(id)?.contains(document.activeElement));
    if (!isWatched) place.current = null;
    if (!isLost) return;
    const next = isThere ? id : (ids[index] ?? ids.at(-1));
    const row = next === undefined ? null : document.getElementById(next);
    (row?.querySelector<HTMLElement>("a[href]") ?? list.current)?.focus();
  }, [ids, isDeciding]);
  return { list, keepPlace };
}

/** Whether nothing has the focus, or only what is no longer to be seen. */
function isFocusLost(): boolean {
  const { activeElement } = document;
  if (activeElement === null || activeElement === document.body) return true;
  return activeElement.getClientRects().length === 0;
}
