import { useEffect, useState } from "react";
import type { TermsField } from "#app/domain/validate/terms-form.ts";
import type { FieldMessage } from "#app/services/validate/typed-terms.server.ts";
import { countsUnits, type TermsDraft } from "./terms-draft.ts";
import { omitEqual, useDraft, type SavingFetcher } from "#app/ui/hooks/use-draft.ts";

/** What the server answers to saving. */
interface TermsAnswer {
  readonly ok: boolean;
  readonly problems: readonly FieldMessage[];
  readonly warnings: readonly FieldMessage[];
}

interface FormOptions {
  /** Names the form within the shop, with the id of what it changes. */
  readonly form: string;
  readonly currency: string;
  /**
   * The newest entry of the offer's history, "" for none. Null where nothing holds the offer yet but the browser: then
   * all of it is sent, and kept beyond the tab.
   */
  readonly newest: string | null;
}

/**
 * The terms of an offer while they are edited. What is wrong stands beside its field once the server said so, until the
 * field is typed in again; the first such field has the focus. Only the fields that were changed are sent: what the
 * autopilot or a colleague changed since the page was loaded stays theirs. Where they changed the same, whoever typed
 * has seen their change only if it was there before the typing began, though the page be drawn anew.
 *
 * @param send called with the changes, and the newest entry of the history that was seen by whoever typed them
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
    if (answer?.ok === false) document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [answer]);
  const messageOf = (messages: readonly FieldMessage[] | undefined, field: TermsField, part = "") =>
    messages?.find((one) => one.field === field && one.part === part)?.message;
  const isAsIn = (terms: TermsDraft | null, field: TermsField) => {
    const name = field in draft ? (field as keyof TermsDraft) : "offer";
    return terms !== null && JSON.stringify(terms[name]) === JSON.stringify(draft[name]);
  };
  // Units that were typed for another kind stand in no field of this one, where nobody could mend them.
  const components = draft.components.map((one) =>
    countsUnits(draft.offer, one.isGift) ? one : { ...one, quantity: "1" },
  );
  return {
    draft: isNew ? { ...draft, components } : draft,
    isDirty,
    currency,
    problemOf: (field: TermsField, part?: string) =>
      (isAsIn(sent, field) && messageOf(answer?.problems, field, part)) || (false as const),
    warningOf: (field: TermsField) =>
      isAsIn(saved, field) || isAsIn(sent, field) ? messageOf(answer?.warnings, field) : undefined,
    // Until the page is drawn anew after a save its history lacks that save: what is typed then has seen it.
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
