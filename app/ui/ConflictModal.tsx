import { BlockStack, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import type { BundleStatus } from "#app/domain/bundle-status.ts";
import { AskModal } from "./AskModal.tsx";

/** A bundle that was decided after the page was drawn that somebody wished to decide it by. */
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
    readonly decision: "approve" | "reject" | "pause" | "resume";
    readonly bundle: DecisionConflict;
  } | null;
  readonly onInsist: () => void;
  readonly onClose: () => void;
}

/** Asks whether a decision stands in spite of a conflict, and says who decided otherwise and when. */
export function ConflictModal({ asked, onInsist, onClose }: ConflictModalProps) {
  const { t } = useTranslation("common");
  if (!asked) return null;
  const { decision, bundle } = asked;
  return (
    <AskModal
      isOpen
      title={t("conflict.title")}
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
