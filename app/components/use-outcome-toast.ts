import { useAppBridge } from "@shopify/app-bridge-react";
import { useEffect, useRef } from "react";

/** What an action answers, for people to read. */
export interface Outcome {
  readonly ok: boolean;
  readonly message: string;
}

/** Shows each new outcome of a fetcher once, as a toast with an optional way back. */
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
      ...(outcome.ok && undo ? { action: undo.label, onAction: undo.onUndo, duration: 10_000 } : {}),
    });
  }, [appBridge, outcome, undo]);
}
