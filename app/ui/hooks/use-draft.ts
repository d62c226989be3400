import { useRouteLoaderData } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";

/** The fetcher that saves a form, as far as its draft needs it. */
export interface SavingFetcher<A extends { readonly ok: boolean } = { readonly ok: boolean }> {
  readonly state: "idle" | "submitting" | "loading";
  readonly data: A | undefined;
}

/**
 * What is typed in a form, over what is saved. It outlives a reload and a session that has to be opened anew, in the
 * tab's own storage under the shop and the form, and is forgotten once the server holds it. What nothing else holds yet
 * outlives the tab as well, in the browser's.
 *
 * @param form names the form within the shop, with the id of what it changes: "bundle:42"
 * @param saved what the server holds; only what JSON can hold
 * @param saving once the page has read again what was saved well, what was sent is no longer typed; anything else keeps it
 */
export function useDraft<T extends object>(
  form: string,
  saved: T,
  saving: SavingFetcher | undefined,
  outlivesTab = false,
) {
  const shop = useRouteLoaderData<{ readonly shop: string }>("routes/admin/layout")?.shop ?? "";
  const key = `draft:${shop}:${form}`;
  // The server knows of no draft, so the first drawing has none either.
  const [state, setState] = useState<{ key: string | null; typed: Partial<T> }>({ key: null, typed: {} });
  // What is typed once the server holds a new thing would be found in the next one, where it may not be seen.
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
    // Until the page has it, fields without their draft would show what was saved before, and move the caret.
    if (!isSaved) return;
    // What was typed while the answer was on its way stays.
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
      // The form may go now, before it is drawn once more.
      const store = openDraftStore(outlivesTab);
      if (store) storeDraft(store, key, null);
      setState({ key, typed: {} });
    },
    /**
     * What is to be sent: only what is not as it is saved, so that what others have changed since is not sent back as it
     * was. Remembered, so that its success clears it.
     */
    takeChanges: () => {
      sent.current = draft;
      return omitEqual<T>(draft, saved) as Partial<T> & Record<string, T[keyof T]>;
    },
  };
}

/** The fields of a form that are not as another state of it has them; only what JSON can hold is told apart. */
export function omitEqual<T extends object>(fields: Partial<T>, other: Partial<T>): Partial<T> {
  const rest = Object.entries(fields).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(other, name)),
  );
  return Object.fromEntries(rest) as Partial<T>;
}

/** The part of `Storage` that drafts need. */
type DraftStore = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * What was typed into a form and not saved, as far as it still fits the form: an older version of the page may have
 * had other fields, and anybody can write into a browser's storage.
 *
 * @param saved what the server holds; each kept field must be built like the one here
 */
export function readStoredDraft<T extends object>(store: DraftStore, key: string, saved: T): Partial<T> {
  const stored = parseObject(store.getItem(key));
  const kept = Object.entries(stored).filter(
    ([name, value]) => Object.hasOwn(saved, name) && isBuiltLike(value, Reflect.get(saved, name)),
  );
  return Object.fromEntries(kept) as Partial<T>;
}

/** Keeps what was typed, or forgets it once there is nothing to keep. */
export function storeDraft(store: DraftStore, key: string, typed: object | null): void {
  if (typed === null) store.removeItem(key);
  else store.setItem(key, JSON.stringify(typed));
}

/** The storage of the tab, or of the browser; null where the browser denies a framed page any. */
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

/** Whether a value could stand where the sample does; every entry of a list is compared with the sample's first. */
function isBuiltLike(value: unknown, sample: unknown): boolean {
  if (Array.isArray(sample)) {
    return Array.isArray(value) && (sample.length === 0 || value.every((one) => isBuiltLike(one, sample[0])));
  }
  // A reference is chosen or left; no other field is ever without a value.
  if (sample === null) return value === null || typeof value === "string";
  if (value === null) return typeof sample === "string" && sample.startsWith("gid:");
  if (typeof sample !== "object") return typeof value === typeof sample;
  return (
    typeof value === "object" &&
    Object.entries(sample).every(([name, part]) => isBuiltLike(Reflect.get(value, name), part))
  );
}
