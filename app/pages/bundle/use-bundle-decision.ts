import type { useFetcher } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import type { BundleStatus } from "#app/domain/bundle-status.ts";
import type { DecidedMove } from "#app/domain/validate/decide.ts";
import { useTranslation } from "#app/locales/use-translation.ts";
import { useConflict, type DecisionAnswer } from "#app/ui/ConflictModal.tsx";
import { useOutcomeToast } from "#app/ui/hooks/use-outcome-toast.ts";

interface ShownBundle {
  readonly status: BundleStatus;
  readonly termsVersion: string;
  /** The newest history entry, "" for none. */
  readonly newest: string;
  /** Whether the page shows terms that are not saved. */
  readonly isDirty: boolean;
}

/**
 * Sends decisions about one bundle and shows their outcome as a toast.
 *
 * @returns `insist` repeats the decision that conflicted with another
 */
export function useBundleDecision(
  fetcher: ReturnType<typeof useFetcher<DecisionAnswer>>,
  { status, termsVersion, newest, isDirty }: ShownBundle,
) {
  const { t } = useTranslation("bundle");
  const appBridge = useAppBridge();
  const { asked, stated, settle } = useConflict(fetcher.data);
  useOutcomeToast(stated);
  const submit = (intent: DecidedMove, seen: BundleStatus) =>
    fetcher.submit({ intent, seen, seenTerms: termsVersion }, { method: "post" });
  return {
    asked,
    settle,
    decide: (intent: DecidedMove) => {
      // The saved terms would go live, but the page shows unsaved ones.
      if (isDirty && (intent === "approve" || intent === "resume")) {
        appBridge.toast.show(t("saveFirst"), { isError: true });
      } else submit(intent, status);
    },
    undo: () =>
      fetcher.submit({ intent: "undo", seen: status, ...(newest ? { newest } : {}) }, { method: "post" }),
    insist: () => {
      if (asked) submit(asked.decision, asked.bundle.status);
      settle();
    },
  };
}
