import { useRouteLoaderData } from "@remix-run/react";
import { useEffect, useRef, useState } from "react";
import { omitEqual } from "./omit-equal.ts";
import { openDraftStore, readStoredDraft, storeDraft } from "./stored-draft.ts";

/**
 * What is typed in a form, over what is saved. It outlives a reload and a session that has to be opened anew, in the
 * tab's own storage under the shop and the form, and is forgotten once the server holds it. What nothing else holds yet
 * outlives the tab as well, in the browser's.
 *
 * @param form names the form within the shop, with the id of what it changes: "bundle:42"
 * @param saved what the server holds; only what JSON can hold
 * @param outcome the newest answer to saving: `ok` takes what was sent out of the draft, anything else keeps it
 */
export function useDraft<T extends object>(
  form: string,
  saved: T,
  outcome: { readonly ok: boolean } | undefined,
  outlivesTab = false,
) {
  const shop = useRouteLoaderData<{ readonly shop: string }>("routes/app")?.shop ?? "";
  const key = `draft:${shop}:${form}`;
  // The server knows of no draft, so the first drawing has none either.
  const [state, setState] = useState<{ key: string | null; typed: Partial<T> }>({ key: null, typed: {} });
  const typed = state.key === key ? state.typed : {};
  const draft: T = { ...saved, ...typed };
  const isDirty = JSON.stringify(draft) !== JSON.stringify(saved);
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
    if (!outcome?.ok) return;
    // What was typed while the answer was on its way stays.
    setState((before) => ({ ...before, typed: omitEqual(before.typed, sent.current) }));
  }, [outcome]);

  useEffect(() => {
    const store = openDraftStore(outlivesTab);
    if (store && state.key === key) storeDraft(store, key, isDirty ? state.typed : null);
  }, [key, state, isDirty, outlivesTab]);

  return {
    draft,
    isDirty,
    change: (changes: Partial<T>) => setState((before) => ({ key, typed: { ...before.typed, ...changes } })),
    discard: () => setState({ key, typed: {} }),
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
