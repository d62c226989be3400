import { useCallback, useLayoutEffect, useRef } from "react";

/**
 * Keeps the keyboard focus in a list whose rows leave after a decision. A removed button loses the focus, so a keyboard
 * user would start again at the top of the page. After the decision, a lost focus moves to the link of the first
 * decided row if it is still there, otherwise to the row in its place, otherwise to the list.
 *
 * @param ids row ids in display order; each is also the id of its element
 * @returns `list` is the ref of the element around the rows, which is always present and focusable (`tabIndex` -1);
 *   call `keepPlace` with the rows before a decision
 */
export function useKeptPlace(ids: readonly string[]) {
  const list = useRef<HTMLDivElement>(null);
  const place = useRef<{ readonly id: string; readonly index: number } | null>(null);
  const keepPlace = useCallback(
    (decided: readonly string[]) => {
      const index = ids.findIndex((id) => decided.includes(id));
      place.current = index === -1 ? null : { id: ids[index]!, index };
    },
    [ids],
  );
  // Before the page's own effect, which moves any lost focus to the title.
  useLayoutEffect(() => {
    if (!place.current) return;
    const { id, index } = place.current;
    const isThere = ids.includes(id);
    const isLost = isFocusLost();
    // The list can reload before or after the response; the row is removed by the reload after it.
    const isWatched = isThere && (isLost || document.getElementById(id)?.contains(document.activeElement));
    if (!isWatched) place.current = null;
    if (!isLost) return;
    const next = isThere ? id : (ids[index] ?? ids.at(-1));
    const row = next === undefined ? null : document.getElementById(next);
    (row?.querySelector<HTMLElement>("a[href]") ?? list.current)?.focus();
  }, [ids]);
  return { list, keepPlace };
}

/** Whether nothing visible has the focus. */
function isFocusLost(): boolean {
  const { activeElement } = document;
  if (activeElement === null || activeElement === document.body) return true;
  return activeElement.getClientRects().length === 0;
}
