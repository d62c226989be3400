import { BlockStack, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import type { BundleStatus } from "#app/domain/bundle-status.ts";
import type { DecidedMove } from "#app/domain/validate/decide.ts";
import { AskModal } from "./AskModal.tsx";
import { useState } from "react";

/** A bundle that was decided, or changed, after the page was drawn that somebody wished to do so by. */
export interface DecisionConflict {
  readonly bundleId: string;
  readonly title: string;
  /** Its status now. */
  readonly status: BundleStatus;
  /** What was decided, by whom and when. */
  readonly text: string;
  readonly isStillPossible: boolean;
}

interface ConflictModalProps {
  /** Null while there is nothing to ask. */
  readonly asked: {
    readonly decision: DecidedMove | "edit";
    readonly bundle: DecisionConflict;
  } | null;
  readonly onInsist: () => void;
  readonly onClose: () => void;
}

/** Asks whether a decision or a change stands in spite of a conflict, and says who did otherwise and when. */
export function ConflictModal({ asked, onInsist, onClose }: ConflictModalProps) {
  const { t } = useTranslation("common");
  if (!asked) return null;
  const { decision, bundle } = asked;
  return (
    <AskModal
      isOpen
      title={t(decision === "edit" ? "conflict.changed" : "conflict.title")}
      action={{
        label: t(`conflict.${decision}`),
        isDestructive: decision === "reject",
        onConfirm: onInsist,
      }}
      onClose={onClose}
    >
      <BlockStack gap="200">
        <Text as="p" fontWeight="semibold">
          {bundle.title}
        </Text>
        <Text as="p">{bundle.text}</Text>
      </BlockStack>
    </AskModal>
  );
}

interface DecisionAnswer {
  readonly ok: boolean;
  readonly message: string;
  /** What was asked for; null where it was no decision. */
  readonly decision: DecidedMove | "undo" | null;
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
