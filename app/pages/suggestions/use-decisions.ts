import type { useFetcher } from "@remix-run/react";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { statusAfter } from "#app/domain/bundle-status.ts";
import type { BundleDecision } from "#app/domain/validate/decide.ts";
import { useTranslation } from "#app/locales/use-translation.ts";
import { useConflict, type DecisionConflict } from "#app/ui/ConflictModal.tsx";
import { useOutcomeToast, type Outcome } from "#app/ui/hooks/use-outcome-toast.ts";
import type { SeenBundle } from "./DecisionModal.tsx";

/** The answer to a decision about bundles, or to an edit of them. */
export interface BulkOutcome extends Outcome {
  /** Null for an edit. */
  readonly decision: BundleDecision | null;
  /** The bundles that were changed. */
  readonly ids: readonly string[];
  readonly isOfOne: boolean;
  readonly conflicts: readonly DecisionConflict[];
}

export type BulkFetcher = ReturnType<typeof useFetcher<BulkOutcome>>;

/**
 * Sends decisions and shows their outcome as a toast with Undo.
 *
 * @param keepPlace called with the bundles before each decision
 * @returns `undo` is absent if there is nothing to undo; `insist` repeats the decision that conflicted with another
 */
export function useDecisions(fetcher: BulkFetcher, keepPlace: (ids: readonly string[]) => void) {
  const { t } = useTranslation("bundles");
  const sent = useRef<readonly SeenBundle[]>([]);
  const onDone = useRef<(() => void) | null>(null);
  const submit = useCallback(
    (decision: BundleDecision, bundles: readonly SeenBundle[], onDecided: (() => void) | null = null) => {
      sent.current = bundles;
      onDone.current = onDecided;
      keepPlace(bundles.map(({ id }) => id));
      const form = new FormData();
      form.set("decision", decision);
      for (const { id, status, termsVersion } of bundles) {
        form.append("id", id);
        form.append("seen", status);
        if (termsVersion !== undefined) form.append("seenTerms", termsVersion);
      }
      // The toast with Undo outlives the page, so its request needs an explicit URL.
      fetcher.submit(form, { method: "post", action: "/app/suggestions?index" });
    },
    [fetcher, keepPlace],
  );
  useEffect(() => {
    if (fetcher.data?.ok) onDone.current?.();
    onDone.current = null;
  }, [fetcher.data]);
  const { asked, named, stated, settle } = useConflict(fetcher.data);
  const undo = useMemo(() => {
    if (!stated?.decision || stated.decision === "undo" || stated.ids.length === 0) return undefined;
    const status = statusAfter(stated.decision);
    const decided = stated.ids.map((id) => ({ id, status }));
    return { label: t("undo"), onUndo: () => submit("undo", decided) };
  }, [stated, submit, t]);
  useOutcomeToast(stated, undo);
  const insist = () => {
    // Keeps the terms version that the merchant saw; the conflict reported only the new status.
    const seen = asked && sent.current.find(({ id }) => id === asked.bundle.bundleId);
    if (seen) submit(asked.decision, [{ ...seen, status: asked.bundle.status }]);
    settle();
  };
  return { submit, undo, asked, named, settle, insist };
}
