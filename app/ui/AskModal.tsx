import { Modal, TitleBar } from "@shopify/app-bridge-react";
import { Box } from "@shopify/polaris";
import type { ReactNode } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";

interface AskModalProps {
  readonly isOpen: boolean;
  readonly title: string;
  /** The one thing that the merchant may confirm; the modal is closed before it is done, unless it stays for the answer. */
  readonly action: {
    readonly label: string;
    readonly isDestructive?: boolean;
    readonly isDisabled?: boolean;
    readonly staysOpen?: boolean;
    readonly isBusy?: boolean;
    readonly onConfirm: () => void;
  };
  /** However it was closed: confirmed, cancelled, by the keyboard or by a click beside it. May be called twice. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * A question over the whole admin: Shopify draws its title and its buttons, and moves what is asked into a frame of its
 * own with a copy of our styles. So the content holds nothing that opens a layer over the page (Polaris' Popover or
 * Tooltip): the layer would stay behind in the page's own frame.
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
