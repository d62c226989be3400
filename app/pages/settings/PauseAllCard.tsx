import { BlockStack, Button, Card, InlineStack, Layout, Text } from "@shopify/polaris";
import { useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { AskModal } from "#app/ui/AskModal.tsx";

interface PauseAllCardProps {
  readonly isPausing: boolean;
  readonly onPauseAll: () => void;
}

/** The way to take every offer off the storefront at once, asked about before it is done. */
export function PauseAllCard({ isPausing, onPauseAll }: PauseAllCardProps) {
  const { t } = useTranslation("settings");
  const [isAsking, setAsking] = useState(false);
  return (
    <Layout>
      <Layout.AnnotatedSection title={t("stop.title")} description={t("stop.description")}>
        <Card roundedAbove="xs">
          <BlockStack gap="300">
            <Text as="p">{t("stop.text")}</Text>
            <InlineStack gap="400" blockAlign="center">
              <Button tone="critical" loading={isPausing} onClick={() => setAsking(true)}>
                {t("stop.action")}
              </Button>
              <Button url="/app/help?ask=end" variant="plain">
                {t("stop.help")}
              </Button>
            </InlineStack>
          </BlockStack>
        </Card>
      </Layout.AnnotatedSection>
      <AskModal
        isOpen={isAsking}
        title={t("stop.ask")}
        action={{ label: t("stop.action"), isDestructive: true, onConfirm: onPauseAll }}
        onClose={() => setAsking(false)}
      >
        <Text as="p">{t("stop.askText")}</Text>
      </AskModal>
    </Layout>
  );
}
