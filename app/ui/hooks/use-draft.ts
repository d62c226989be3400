import { useRouteLoaderData } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";

export interface SavingFetcher<A extends { readonly ok: boolean } = { readonly ok: boolean }> {
  readonly state: "idle" | "submitting" | "loading";
  readonly data: A | undefined;
}

/**
 * The unsaved changes of a form, over its saved values. The draft survives a reload and a new session: it is in
 * sessionStorage, under the shop and the form. With `outlivesTab` it is in localStorage, for a form that creates
 * something. Saving deletes it.
 *
 * @param form name of the form within the shop, with the id of the edited object: "bundle:42"
 * @param saved saved values; JSON only
 * @param saving when the save has succeeded and the page has reloaded, the sent values leave the draft; otherwise they
 *   stay
 */
export function useDraft<T extends object>(
  form: string,
  saved: T,
  saving: SavingFetcher | undefined,
  outlivesTab = false,
) {
  const shop = useRouteLoaderData<{ readonly shop: string }>("routes/admin/layout")?.shop ?? "";
  const key = `draft:${shop}:${form}`;
  // The server has no drafts, so the first render has none either.
  const [state, setState] = useState<{ key: string | null; typed: Partial<T> }>({ key: null, typed: {} });
  // Once the new object is saved, further typing would end up unseen in the draft of the next one.
  const isOver = outlivesTab && saving?.data?.ok === true;
  const typed = state.key === key && !isOver ? state.typed : {};
  const draft: T = { ...saved, ...typed };
  const isDirty = JSON.stringify(draft) !== JSON.stringify(saved);
  const isSaved = saving?.state === "idle" && saving.data?.ok === true;
  const savedRef = useRef(saved);
  const sent = useRef<Partial<T>>({});
  useEffect(() => {
    savedRef.current = saved;
  });

  useEffect(() => {
    const store = openDraftStore(outlivesTab);
    setState({ key, typed: store ? readStoredDraft(store, key, savedRef.current) : {} });
  }, [key, outlivesTab]);

  useEffect(() => {
    // Before the page reloads, fields without a draft would show the old values and move the caret.
    if (!isSaved) return;
    // Keeps what was typed while the request was under way.
    setState((before) => ({ ...before, typed: omitEqual(before.typed, sent.current) }));
  }, [isSaved]);

  useEffect(() => {
    const store = openDraftStore(outlivesTab);
    if (store && state.key === key) storeDraft(store, key, isDirty ? state.typed : null);
  }, [key, state, isDirty, outlivesTab]);

  return {
    draft,
    isDirty,
    change: (changes: Partial<T>) => setState((before) => ({ key, typed: { ...before.typed, ...changes } })),
    discard: () => {
      // The form can unmount before the next render.
      const store = openDraftStore(outlivesTab);
      if (store) storeDraft(store, key, null);
      setState({ key, typed: {} });
    },
    /**
     * The changed fields only, so that a save does not undo changes of other people. Remembers the draft, to clear it
     * after success.
     */
    takeChanges: () => {
      sent.current = draft;
      return omitEqual<T>(draft, saved) as Partial<T> & Record<string, T[keyof T]>;
    },
  };
}

/** The fields that differ from another state of the form, compared as JSON. */
export function omitEqual<T extends object>(fields: Partial<T>, other: Partial<T>): Partial<T> {
  const rest = Object.entries(fields).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(other, name)),
  );
  return Object.fromEntries(rest) as Partial<T>;
}

type DraftStore = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * The stored draft, without fields that no longer fit the form: the page may have changed, and browser storage is
 * untrusted.
 *
 * @param saved saved values; a field is kept if its value has the same shape
 */
export function readStoredDraft<T extends object>(store: DraftStore, key: string, saved: T): Partial<T> {
  const stored = parseObject(store.getItem(key));
  const kept = Object.entries(stored).filter(
    ([name, value]) => Object.hasOwn(saved, name) && isBuiltLike(value, Reflect.get(saved, name)),
  );
  return Object.fromEntries(kept) as Partial<T>;
}

/** Stores the draft, or deletes it if null. */
export function storeDraft(store: DraftStore, key: string, typed: object | null): void {
  if (typed === null) store.removeItem(key);
  else store.setItem(key, JSON.stringify(typed));
}

/** The storage of the tab or the browser; null if the browser denies storage to a framed page. */
function openDraftStore(outlivesTab: boolean): DraftStore | null {
  try {
    return outlivesTab ? window.localStorage : window.sessionStorage;
  } catch {
    return null;
  }
}

function parseObject(text: string | null): Readonly<Record<string, unknown>> {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Whether a value has the shape of the sample. Entries of a list are compared with the first entry of the sample. */
function isBuiltLike(value: unknown, sample: unknown): boolean {
  if (Array.isArray(sample)) {
    return Array.isArray(value) && (sample.length === 0 || value.every((one) => isBuiltLike(one, sample[0])));
  }
  // Only references can be null.
  if (sample === null) return value === null || typeof value === "string";
  if (value === null) return typeof sample === "string" && sample.startsWith("gid:");
  if (typeof sample !== "object") return typeof value === typeof sample;
  return (
    typeof value === "object" &&
    Object.entries(sample).every(([name, part]) => isBuiltLike(Reflect.get(value, name), part))
  );
}
