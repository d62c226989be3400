import { Badge, BlockStack, Card, InlineStack, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { FactRows, type Fact } from "#app/ui/FactList.tsx";

interface ReplayView {
  readonly isSupported: boolean;
  readonly verdict: string;
  readonly facts: readonly Fact[];
}

/** The test on orders that came after those the bundle was learned from. */
export function ReplayCard({ replay }: { readonly replay: ReplayView }) {
  const { t } = useTranslation("bundle");
  return (
    <Card>
      <BlockStack gap="200">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="h2" variant="headingMd">
            {t("replay.title")}
          </Text>
          <Badge tone={replay.isSupported ? "success" : "warning"}>
            {replay.isSupported ? t("replay.held") : t("replay.failed")}
          </Badge>
        </InlineStack>
        <Text as="p">{replay.verdict}</Text>
        <FactRows facts={replay.facts} />
        <Text as="p" tone="subdued">
          {t("replay.note")}
        </Text>
      </BlockStack>
    </Card>
  );
}
