import { Modal, Text } from "@shopify/polaris";

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
  if (!pending) return null;
  const { decision, ids } = pending;
  const bundles = ids.length === 1 ? "1 bundle" : `${ids.length} bundles`;
  const { title, verb, text } = {
    approve: {
      title: `Approve ${bundles}?`,
      verb: "Approve",
      text: "They appear on your storefront within a minute, with the discount shown in the list.",
    },
    reject: {
      title: `Reject ${bundles}?`,
      verb: "Reject",
      text: "They will not be proposed again. You can take it back.",
    },
    pause: {
      title: `Pause ${bundles}?`,
      verb: "Pause",
      text: "They leave your storefront within a minute, until you resume them.",
    },
    resume: {
      title: `Resume ${bundles}?`,
      verb: "Resume",
      text: "They are back on your storefront within a minute.",
    },
  }[decision];
  return (
    <Modal
      open
      onClose={onClose}
      title={title}
      primaryAction={{
        content: `${verb} ${bundles}`,
        destructive: decision === "reject",
        onAction: onConfirm,
      }}
      secondaryActions={[{ content: "Cancel", onAction: onClose }]}
    >
      <Modal.Section>
        <Text as="p">{text}</Text>
      </Modal.Section>
    </Modal>
  );
}
