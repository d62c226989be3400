import { Text } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import type { BundleStatus } from "#app/domain/bundle-status.ts";
import { AskModal } from "#app/ui/AskModal.tsx";
import { askApp } from "#app/ui/hooks/ask-app.ts";

export interface PendingDecision {
  readonly decision: "approve" | "reject" | "pause" | "resume";
  readonly bundles: readonly SeenBundle[];
}

/** A bundle as the page showed it: status, terms and history. */
export interface SeenBundle {
  readonly id: string;
  readonly status: BundleStatus;
  /** Absent to accept any terms. */
  readonly termsVersion?: string;
  /** The newest history entry, "" for none. */
  readonly newest?: string;
}

interface DecisionModalProps {
  readonly pending: PendingDecision;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export default function DecisionModal({ pending, onConfirm, onClose }: DecisionModalProps) {
  const { t } = useTranslation("bundles");
  const { decision, bundles } = pending;
  const count = bundles.length;
  const [waiting, setWaiting] = useState("");
  useEffect(() => {
    if (decision !== "approve" && decision !== "resume") return;
    const leaving = new AbortController();
    const query = new URLSearchParams([["decision", decision], ...bundles.map(({ id }) => ["id", id])]);
    void askApp<{ text: string }>(`/app/waiting?${query}`, leaving.signal).then(
      (answer) => answer && setWaiting(answer.text),
    );
    return () => leaving.abort();
  }, [decision, bundles]);
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
      <div aria-live="polite">
        <Text as="p">{joinSentences([t(`ask.${decision}.text`), waiting], t)}</Text>
      </div>
    </AskModal>
  );
}
