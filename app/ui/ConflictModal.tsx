import { BlockStack, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import type { BundleStatus } from "#app/domain/bundle-status.ts";
import type { DecidedMove } from "#app/domain/validate/decide.ts";
import { AskModal } from "./AskModal.tsx";
import { useState } from "react";

/** A bundle that was decided or changed after the page was drawn. */
export interface DecisionConflict {
  readonly bundleId: string;
  readonly title: string;
  readonly status: BundleStatus;
  /** The other decision, with its author and time. */
  readonly text: string;
  readonly isStillPossible: boolean;
}

interface ConflictModalProps {
  /** Null if there is no question. */
  readonly asked: {
    readonly decision: DecidedMove | "edit";
    readonly bundle: DecisionConflict;
  } | null;
  readonly onInsist: () => void;
  readonly onClose: () => void;
}

/** Asks whether to go on with a decision or change in spite of a conflict. */
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

/** The answer to a decision. */
export interface DecisionAnswer {
  readonly ok: boolean;
  readonly message: string;
  /** Null if the request was not a decision. */
  readonly decision: DecidedMove | "undo" | null;
  /** Whether the request was for a single bundle. */
  readonly isOfOne: boolean;
  /** Bundles that were decided after the page was drawn, and so left unchanged. */
  readonly conflicts: readonly DecisionConflict[];
}

/**
 * Handles the conflicts of a decision. For a single bundle, asks the merchant again; for several, lists the bundles.
 *
 * @returns the question and the list until they are settled, and the answer if there is no question
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
