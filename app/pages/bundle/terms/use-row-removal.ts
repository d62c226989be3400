import { useRef } from "react";
import { flushSync } from "react-dom";

/**
 * For a stack of rows whose own buttons remove them, or move them: the focus, which such a button would take away with
 * it, goes to the first control of what comes up in its place, be it the next row or what stands after the rows.
 *
 * @returns `list` for an element around the stack, and what draws the change and moves the focus
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
