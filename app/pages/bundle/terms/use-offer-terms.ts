import { useEffect, useState } from "react";
import type { TermsField } from "#app/domain/validate/terms-form.ts";
import type { FieldMessage } from "#app/services/validate/typed-terms.server.ts";
import { countsUnits, type TermsDraft } from "./terms-draft.ts";
import { omitEqual, useDraft, type SavingFetcher } from "#app/ui/hooks/use-draft.ts";

interface TermsAnswer {
  readonly ok: boolean;
  readonly problems: readonly FieldMessage[];
}

interface FormOptions {
  /** Name of the form within the shop, with the id of the edited object. */
  readonly form: string;
  readonly currency: string;
  /**
   * The newest entry of the offer's history, "" for none. Null for an offer that is not saved yet: all fields are then
   * sent, and the draft outlives the tab.
   */
  readonly newest: string | null;
}

/** A field with a problem, or the message of a problem that has no field. */
const PROBLEM = '[aria-invalid="true"],[role="alert"][tabindex]';

/**
 * State of the form for an offer's terms. A problem from the server is shown until its field changes, and the first
 * one gets the focus. Only changed fields are sent, so that newer changes by the autopilot or staff survive.
 * The history entry is recorded when typing begins. A later change of the same field is then a conflict, even if the
 * page has reloaded.
 *
 * @param send called with the changes and the recorded history entry
 */
export function useOfferTerms<S extends string>(
  { form, currency, newest }: FormOptions,
  saved: TermsDraft,
  saving: SavingFetcher<TermsAnswer>,
  send: (changes: Partial<TermsDraft>, how: S, seenNewest: string) => void,
) {
  const { data: answer } = saving;
  const isNew = newest === null;
  const drawn = { ...saved, seenNewest: newest ?? "" };
  const { draft, change, discard, takeChanges } = useDraft(form, drawn, saving, isNew);
  const isDirty = Object.keys(omitEqual(draft, drawn)).some((field) => field !== "seenNewest");
  const [sent, setSent] = useState<TermsDraft | null>(null);
  useEffect(() => {
    if (answer?.ok === false) document.querySelector<HTMLElement>(PROBLEM)?.focus();
  }, [answer]);
  const isAsSent = (field: TermsField) => {
    const name = field in draft ? (field as keyof TermsDraft) : "offer";
    return sent !== null && JSON.stringify(sent[name]) === JSON.stringify(draft[name]);
  };
  // This kind of offer has no field in which to correct units that were typed for another kind.
  const components = draft.components.map((one) =>
    countsUnits(draft.offer, one.isGift) ? one : { ...one, quantity: "1" },
  );
  return {
    draft: isNew ? { ...draft, components } : draft,
    isDirty,
    currency,
    problemOf: (field: TermsField, part = "") =>
      (isAsSent(field) &&
        answer?.problems.find((one) => one.field === field && one.part === part)?.message) ||
      (false as const),
    // During a save, the page's history lacks that save, so no entry is recorded; the reload then provides it.
    change: (changes: Partial<TermsDraft>) =>
      change(
        saving.state !== "idle" ? changes : { seenNewest: (isDirty ? draft : drawn).seenNewest, ...changes },
      ),
    discard: () => {
      setSent(null);
      discard();
    },
    save: (how: S, seenNewest = draft.seenNewest) => {
      setSent(draft);
      const changes = takeChanges();
      send(isNew ? { ...draft, components } : changes, how, seenNewest);
    },
  };
}
