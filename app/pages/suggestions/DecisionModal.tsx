import { Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import type { BundleStatus } from "#app/domain/bundle-status.ts";
import { AskModal } from "#app/ui/AskModal.tsx";

export interface PendingDecision {
  readonly decision: "approve" | "reject" | "pause" | "resume";
  readonly bundles: readonly SeenBundle[];
}

/** A bundle, and how it was shown when it was decided or changed: its status, its terms, its history. */
export interface SeenBundle {
  readonly id: string;
  readonly status: BundleStatus;
  /** Absent of all where any terms will do. */
  readonly termsVersion?: string;
  /** The newest entry of its history, "" for none. */
  readonly newest?: string;
}

interface DecisionModalProps {
  readonly pending: PendingDecision | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before several bundles are decided at once, and says what will happen. */
export function DecisionModal({ pending, onConfirm, onClose }: DecisionModalProps) {
  const { t } = useTranslation("bundles");
  if (!pending) return null;
  const { decision, bundles } = pending;
  const count = bundles.length;
  return (
    <AskModal
      isOpen
      title={t(`ask.${decision}.title`, { count })}
      action={{
        label: t(`ask.${decision}.confirm`, { count }),
        isDestructive: decision === "reject",
        onConfirm,
      }}
      onClose={onClose}
    >
      <Text as="p">{t(`ask.${decision}.text`)}</Text>
    </AskModal>
  );
}
