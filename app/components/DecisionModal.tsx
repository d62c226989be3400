import { Modal, Text } from "@shopify/polaris";
import { useTranslation } from "react-i18next";

export interface PendingDecision {
  readonly decision: "approve" | "reject" | "pause" | "resume";
  readonly ids: readonly string[];
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
  const { decision, ids } = pending;
  const count = ids.length;
  return (
    <Modal
      open
      onClose={onClose}
      title={t(`ask.${decision}.title`, { count })}
      primaryAction={{
        content: t(`ask.${decision}.confirm`, { count }),
        destructive: decision === "reject",
        onAction: onConfirm,
      }}
      secondaryActions={[{ content: t("common:cancel"), onAction: onClose }]}
    >
      <Modal.Section>
        <Text as="p">{t(`ask.${decision}.text`)}</Text>
      </Modal.Section>
    </Modal>
  );
}
