import { useState } from "react";
import type { DecisionConflict } from "#app/ui/ConflictModal.tsx";

interface DecisionAnswer {
  readonly ok: boolean;
  readonly message: string;
  /** What was asked for; null where it was no decision. */
  readonly decision: "approve" | "reject" | "pause" | "resume" | "undo" | null;
  /** Whether it was asked for one bundle alone. */
  readonly isOfOne: boolean;
  /** Those that were decided after the page was drawn, and so left as they are. */
  readonly conflicts: readonly DecisionConflict[];
}

/**
 * What a decision comes to in a conflict: of one bundle alone the merchant is asked whether it stands, of several the
 * bundles are named.
 *
 * @returns the question and the names until they are settled, and the answer where it is to be reported as any other
 */
export function useConflict<T extends DecisionAnswer>(answer: T | undefined) {
  const [settled, setSettled] = useState<T>();
  const bundle = answer?.isOfOne
    ? answer.conflicts.find(({ isStillPossible }) => isStillPossible)
    : undefined;
  const decision = answer?.decision;
  const question = bundle && decision && decision !== "undo" ? { decision, bundle } : null;
  const isOpen = answer !== settled;
  return {
    asked: isOpen ? question : null,
    named: isOpen && answer && !question ? answer.conflicts : [],
    stated: question ? undefined : answer,
    settle: () => setSettled(answer),
  };
}
