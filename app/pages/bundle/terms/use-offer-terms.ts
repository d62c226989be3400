import { useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { termsFormIn, toTermsField, type TermsField } from "#app/domain/validate/terms-form.ts";
import type { TermsDraft, TermsMessage } from "./terms-draft.ts";
import { omitEqual } from "#app/ui/hooks/omit-equal.ts";
import { useDraft } from "#app/ui/hooks/use-draft.ts";

/** What the server answers to saving. */
interface TermsAnswer {
  readonly ok: boolean;
  readonly problems: readonly TermsMessage[];
  readonly warnings: readonly TermsMessage[];
}

interface FormOptions {
  /** Names the form within the shop, with the id of what it changes. */
  readonly form: string;
  readonly currency: string;
  /** Whether nothing holds the offer yet but the browser: then all of it is sent, and kept beyond the tab. */
  readonly isNew: boolean;
  /** Fills in what may be left empty, before it is checked and sent. */
  readonly complete?: (typed: TermsDraft) => TermsDraft;
}

/**
 * The terms of an offer while they are edited. They are checked by the server's own schema before they are sent, so
 * that most mistakes are told at once; what only the server can know comes with its answer. Only the fields that were
 * changed are checked and sent: what the autopilot or a colleague changed since the page was loaded stays theirs.
 *
 * @param send called with changes that the schema accepts
 */
export function useOfferTerms<S extends string>(
  { form, currency, isNew, complete = (typed) => typed }: FormOptions,
  saved: TermsDraft,
  answer: TermsAnswer | undefined,
  send: (changes: Partial<TermsDraft>, how: S) => void,
) {
  const { t } = useTranslation("edit");
  const { draft, isDirty, change, discard, takeChanges } = useDraft(form, saved, answer, isNew);
  const [found, setFound] = useState<readonly TermsMessage[] | null>(null);
  const check = (terms: TermsDraft): readonly TermsMessage[] => {
    const parsed = termsFormIn(currency).safeParse(isNew ? complete(terms) : omitEqual(terms, saved));
    if (parsed.success) return [];
    return parsed.error.issues.map(({ path, message }) => ({
      field: toTermsField(path.join(".")),
      message: t([message, "invalid"]),
    }));
  };
  const messageOf = (messages: readonly TermsMessage[], field: TermsField) =>
    messages.find((one) => one.field === field)?.message;
  return {
    draft,
    isDirty,
    currency,
    problemOf: (field: TermsField) => messageOf(found ?? answer?.problems ?? [], field) ?? (false as const),
    warningOf: (field: TermsField) => messageOf(answer?.warnings ?? [], field),
    change: (changes: Partial<TermsDraft>) => {
      // A field is not called wrong while it is being typed, but right as soon as it is.
      if (found) setFound(check({ ...draft, ...changes }));
      change(changes);
    },
    discard: () => {
      setFound([]);
      discard();
    },
    save: (how: S) => {
      const problems = check(draft);
      setFound(problems.length > 0 ? problems : null);
      if (problems.length > 0) return;
      const changes = takeChanges();
      send(isNew ? complete(draft) : changes, how);
    },
  };
}
