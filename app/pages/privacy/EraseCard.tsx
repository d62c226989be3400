import { BlockStack, Button, Checkbox, DescriptionList, InlineStack, Text } from "@shopify/polaris";
import { useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { AskModal } from "#app/ui/AskModal.tsx";
import { Progress } from "#app/ui/Progress.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { PrivacyPage } from "./read-privacy-page.server.ts";

interface EraseCardProps extends Pick<PrivacyPage, "counts" | "erasure"> {
  readonly isAsking: boolean;
  readonly onErase: () => void;
}

const COUNTED = ["orders", "visits", "bundles", "runs"] as const;

/** Deletes the shop's history, after saying what is deleted, what stays and what stops. */
export function EraseCard({ counts, erasure, isAsking, onErase }: EraseCardProps) {
  const { t } = useTranslation("privacy");
  const [isOpen, setOpen] = useState(false);
  const [isSure, setSure] = useState(false);
  const close = () => {
    setOpen(false);
    setSure(false);
  };
  return (
    <TitledCard title={t("erase.title")}>
      {erasure?.isRunning ? (
        <>
          <Text as="p" id="erasing">
            {t("erase.running")}
          </Text>
          <Progress percent={erasure.percent} labelledBy="erasing" />
        </>
      ) : (
        <>
          <Subdued>{t("erase.text")}</Subdued>
          {erasure?.finishedAt ? <Subdued>{t("erase.done", { at: erasure.finishedAt })}</Subdued> : null}
          <InlineStack>
            <Button tone="critical" loading={isAsking} onClick={() => setOpen(true)}>
              {t("erase.action")}
            </Button>
          </InlineStack>
        </>
      )}
      <AskModal
        isOpen={isOpen}
        title={t("erase.ask")}
        action={{
          label: t("erase.confirm"),
          isDestructive: true,
          isDisabled: !isSure,
          onConfirm: onErase,
        }}
        onClose={close}
      >
        <BlockStack gap="400">
          <BlockStack gap="100">
            <Text as="h3" variant="headingSm">
              {t("erase.goes")}
            </Text>
            <DescriptionList
              gap="tight"
              items={COUNTED.map((name) => ({ term: t(`erase.${name}`), description: counts[name] }))}
            />
            <Text as="p">{t("erase.goesRest")}</Text>
          </BlockStack>
          {["stays", "stops"].map((name) => (
            <BlockStack key={name} gap="100">
              <Text as="h3" variant="headingSm">
                {t(`erase.${name}`)}
              </Text>
              <Text as="p">{t(`erase.${name}Text`)}</Text>
            </BlockStack>
          ))}
          <Checkbox label={t("erase.sure")} checked={isSure} onChange={setSure} />
        </BlockStack>
      </AskModal>
    </TitledCard>
  );
}
