import { useRef } from "react";
import { flushSync } from "react-dom";

/**
 * Keeps the focus in a list whose buttons remove or move their own row: it goes to the first control of the next row,
 * or of the element after the rows.
 *
 * @returns `list` is the ref of the element around the list; `removeRow` applies a change and moves the focus
 */
export function useRowRemoval() {
  const list = useRef<HTMLDivElement>(null);
  return {
    list,
    removeRow: (at: number, change: () => void) => {
      flushSync(change);
      const rest = [...(list.current?.firstElementChild?.children ?? [])].slice(at);
      const controls = rest.map((row) => row.querySelector<HTMLElement>("input, button"));
      controls.find((control) => control !== null)?.focus();
    },
  };
}
