import { useAppBridge } from "@shopify/app-bridge-react";
import { useEffect, useRef } from "react";

/** The answer of an action, for display. */
export interface Outcome {
  readonly ok: boolean;
  readonly message: string;
}

/**
 * Shows each new outcome of a fetcher once, as a toast.
 *
 * @param undo undo button, if something was done, even if only in part
 */
export function useOutcomeToast(
  outcome: Outcome | undefined,
  undo?: { readonly label: string; readonly onUndo: () => void },
): void {
  const appBridge = useAppBridge();
  const shown = useRef<Outcome>(undefined);
  useEffect(() => {
    if (!outcome || shown.current === outcome) return;
    shown.current = outcome;
    appBridge.toast.show(outcome.message, {
      isError: !outcome.ok,
      ...(undo ? { action: undo.label, onAction: undo.onUndo, duration: 10_000 } : {}),
    });
  }, [appBridge, outcome, undo]);
}
