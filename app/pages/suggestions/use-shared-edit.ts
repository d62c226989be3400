import { useEffect, useState } from "react";
import type { SharedTerms } from "#app/services/validate/edit-bundles.server.ts";
import { useConflict } from "#app/ui/ConflictModal.tsx";
import { useOutcomeToast } from "#app/ui/hooks/use-outcome-toast.ts";
import type { SeenBundle } from "./DecisionModal.tsx";
import type { BulkFetcher, BulkOutcome } from "./use-decisions.ts";

/** A bulk edit. */
interface Editing {
  readonly bundles: readonly SeenBundle[];
  readonly onSaved: () => void;
}

/**
 * Opens, saves and closes the dialog that edits several bundles.
 *
 * @param keepPlace called with the bundles before they are saved
 * @returns `editing` is null while the dialog is closed; `refusal` says why nothing was changed, null before the first
 *   attempt; `named` lists bundles that were changed by someone else, until `settle`
 */
export function useSharedEdit(fetcher: BulkFetcher, keepPlace: (ids: readonly string[]) => void) {
  const [editing, setEditing] = useState<Editing | null>(null);
  /** The response at the last time the dialog opened or closed; it belongs to an earlier edit. */
  const [answered, setAnswered] = useState<BulkOutcome>();
  const shared = fetcher.data === answered ? undefined : fetcher.data;
  // Skipped bundles are listed on the reloaded page, so the dialog closes.
  const isSaved = shared !== undefined && shared.ids.length + shared.conflicts.length > 0;
  // If the dialog was closed before the response, the toast shows it.
  useOutcomeToast(isSaved || !editing ? shared : undefined);
  const { named, settle } = useConflict(fetcher.data);
  useEffect(() => {
    if (!editing || !isSaved) return;
    setAnswered(shared);
    if (shared.ids.length > 0) editing.onSaved();
    setEditing(null);
  }, [editing, isSaved, shared]);
  const turn = (to: Editing | null) => {
    setAnswered(fetcher.data);
    setEditing(to);
  };
  const save = (terms: SharedTerms) => {
    if (!editing) return;
    const form = new FormData();
    form.set("intent", "edit");
    form.set("terms", JSON.stringify(terms));
    for (const { id, newest } of editing.bundles) {
      form.append("id", id);
      form.append("newest", newest ?? "");
    }
    keepPlace(editing.bundles.map(({ id }) => id));
    fetcher.submit(form, { method: "post" });
  };
  const isSaving = fetcher.state !== "idle";
  const refusal = shared && !isSaved && !isSaving ? shared.message : null;
  return { editing, open: turn, close: () => turn(null), save, isSaving, isSaved, refusal, named, settle };
}
