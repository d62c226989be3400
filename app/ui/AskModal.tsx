import { Modal, TitleBar } from "@shopify/app-bridge-react";
import { Box } from "@shopify/polaris";
import type { ReactNode } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";

interface AskModalProps {
  readonly isOpen: boolean;
  readonly title: string;
  /** The action to confirm. The modal closes first, unless `staysOpen`. */
  readonly action: {
    readonly label: string;
    readonly isDestructive?: boolean;
    readonly isDisabled?: boolean;
    readonly staysOpen?: boolean;
    readonly isBusy?: boolean;
    readonly onConfirm: () => void;
  };
  /** Called for every way to close: confirm, cancel, keyboard, or a click outside. Can be called twice. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * A confirmation over the whole admin. Shopify draws the title and buttons, and moves the content into another frame
 * with a copy of our styles. Do not use Polaris' Popover or Tooltip inside: their layer would stay in the page's frame.
 */
export function AskModal({ isOpen, title, action, onClose, children }: AskModalProps) {
  const { t } = useTranslation("common");
  const confirm = () => {
    if (!action.staysOpen) onClose();
    action.onConfirm();
  };
  return (
    <Modal open={isOpen} onHide={onClose}>
      <TitleBar title={title}>
        <button
          variant="primary"
          disabled={action.isDisabled}
          onClick={confirm}
          {...(action.isDestructive ? { tone: "critical" } : {})}
          {...(action.isBusy ? { loading: "" } : {})}
        >
          {action.label}
        </button>
        <button onClick={onClose}>{t("cancel")}</button>
      </TitleBar>
      <Box padding="400">{children}</Box>
    </Modal>
  );
}
