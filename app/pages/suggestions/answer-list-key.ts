import type { KeyboardEvent } from "react";

interface ListActs {
  /** Decides a row; null if the view has no decisions. */
  readonly decide: ((decision: "approve" | "reject", id: string) => void) | null;
  /** Undoes the last decision; null if there is none. */
  readonly undo: (() => void) | null;
  readonly help: () => void;
}

/**
 * Keyboard shortcuts of the list: arrows move between rows, A approves and R rejects the focused row, U undoes the last
 * decision, ? shows the keys. Only arrows repeat while held. The keys work only while the focus is in the list and not
 * in a text field, so they do not interfere with search, scrolling or a screen reader.
 *
 * @param event in the element around the rows, each an `li` with the bundle's id
 */
export function answerListKey(event: KeyboardEvent<HTMLElement>, { decide, undo, help }: ListActs): void {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("li[id]")];
  const row = (event.target as HTMLElement).closest<HTMLElement>("li[id]");
  const at = row ? rows.indexOf(row) : -1;
  const decideRow = (decision: "approve" | "reject") => row && decide?.(decision, row.id);
  const acts: Readonly<Record<string, (() => void) | null>> = {
    arrowdown: () => enter(rows[at + 1]),
    arrowup: () => enter(rows[at - 1]),
    a: () => decideRow("approve"),
    r: () => decideRow("reject"),
    u: undo,
    "?": help,
  };
  const key = event.key.toLowerCase();
  const act = acts[key];
  if (!act) return;
  event.preventDefault();
  // A decision moves the focus, so a held key would decide further rows.
  if (!event.repeat || key.startsWith("arrow")) act();
}

/** Focuses the row's link: a screen reader reads the title, and Enter opens it. */
function enter(row: HTMLElement | undefined): void {
  row?.querySelector<HTMLElement>("a[href]")?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

function isTyping(target: EventTarget): boolean {
  const { tagName, type } = target as HTMLInputElement;
  return tagName === "SELECT" || tagName === "TEXTAREA" || (tagName === "INPUT" && type !== "checkbox");
}
