import { BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { useDownload } from "#app/ui/hooks/use-download.ts";

/** The way to take everything out that is kept of the shop. */
export function ExportCard() {
  const { t } = useTranslation("privacy");
  const { isLoading, download } = useDownload("/app/export", "shop-data.ndjson");
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("export.title")}
        </Text>
        <Text as="p" tone="subdued">
          {t("export.text")}
        </Text>
        <InlineStack>
          <Button loading={isLoading} onClick={() => void download()}>
            {t("export.action")}
          </Button>
        </InlineStack>
      </BlockStack>
    </Card>
  );
}
