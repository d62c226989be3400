import { BlockStack, Button, Card, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { Subdued } from "#app/ui/Subdued.tsx";

/** The way to leave a browser of the merchant's own out of all counting. The shop itself shows that it is, and undoes it. */
export function OwnVisitsCard({ leaveOutUrl }: { readonly leaveOutUrl: string }) {
  const { t } = useTranslation("settings");
  return (
    <Card roundedAbove="xs">
      <BlockStack gap="300" inlineAlign="start">
        <Text as="h2" variant="headingMd">
          {t("own.title")}
        </Text>
        <Subdued>{t("own.text")}</Subdued>
        <Button url={leaveOutUrl} target="_blank">
          {t("own.leave")}
        </Button>
      </BlockStack>
    </Card>
  );
}
