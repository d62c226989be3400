import { useState } from "react";
import { useTranslation } from "react-i18next";
import { TermsForm } from "#app/domain/validate/terms-form.ts";
import type { TermsDraft, TermsMessage } from "./BundleTermsForm.tsx";
import { omitEqual } from "#app/ui/hooks/omit-equal.ts";
import { useDraft } from "#app/ui/hooks/use-draft.ts";

/** What the server answers to saving. */
interface TermsAnswer {
  readonly ok: boolean;
  readonly problems: readonly TermsMessage[];
  readonly warnings: readonly TermsMessage[];
}

/**
 * The terms of a bundle while they are edited. They are checked by the server's own schema before they are sent, so
 * that most mistakes are told at once; what only the server can know comes with its answer. Only the fields that were
 * changed are checked and sent: what the autopilot or a colleague changed since the page was loaded stays theirs.
 *
 * @param send called with changes that the schema accepts
 */
export function useBundleTerms(
  bundleId: string,
  saved: TermsDraft,
  answer: TermsAnswer | undefined,
  send: (changes: Partial<TermsDraft>) => void,
) {
  const { t } = useTranslation("edit");
  const { draft, isDirty, change, discard, takeChanges } = useDraft(`bundle:${bundleId}`, saved, answer);
  const [found, setFound] = useState<readonly TermsMessage[] | null>(null);
  const check = (terms: TermsDraft): readonly TermsMessage[] => {
    const parsed = TermsForm.safeParse(omitEqual(terms, saved));
    if (parsed.success) return [];
    return parsed.error.issues.map(({ path, message }) => ({
      field: path[0] as keyof TermsDraft,
      message: t([message, "invalid"]),
    }));
  };
  return {
    draft,
    isDirty,
    problems: found ?? answer?.problems ?? [],
    warnings: answer?.warnings ?? [],
    change: (changes: Partial<TermsDraft>) => {
      // A field is not called wrong while it is being typed, but right as soon as it is.
      if (found) setFound(check({ ...draft, ...changes }));
      change(changes);
    },
    discard: () => {
      setFound([]);
      discard();
    },
    save: () => {
      const problems = check(draft);
      setFound(problems.length > 0 ? problems : null);
      if (problems.length === 0) send(takeChanges());
    },
  };
}
