import type { KeyboardEvent } from "react";

interface ListActs {
  /** Decides a row; null where nothing is to be decided. */
  readonly decide: ((decision: "approve" | "reject", id: string) => void) | null;
  /** Takes the last decision back; null where there is none. */
  readonly undo: (() => void) | null;
  readonly help: () => void;
}

/**
 * A way through the list by keyboard alone: the arrows go from row to row, A approves and R rejects the row in which the
 * focus is, U takes the last decision back, ? shows these keys; held down, only the arrows repeat. They hold while the
 * focus is in the list and nothing is typed there, so that they are in nobody's way: neither of a search, of a scroll,
 * nor of a screen reader's own keys.
 *
 * @param event in the element around the rows, each an `li` with the id of its bundle
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
  // A decision moves the focus on: of a key that is held, each repeat would decide a row that nobody chose.
  if (!event.repeat || key.startsWith("arrow")) act();
}

/** The link of a row is read out with the offer's name, and opens it. */
function enter(row: HTMLElement | undefined): void {
  row?.querySelector<HTMLElement>("a[href]")?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

function isTyping(target: EventTarget): boolean {
  const { tagName, type } = target as HTMLInputElement;
  return tagName === "SELECT" || tagName === "TEXTAREA" || (tagName === "INPUT" && type !== "checkbox");
}
