import { BlockStack, Card, List, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";

/** What the app did not know when it judged this bundle, and what that means. */
export function MissingDataCard({ missing }: { readonly missing: readonly string[] }) {
  const { t } = useTranslation("bundle");
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {t("missing.title")}
        </Text>
        {missing.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("missing.none")}
          </Text>
        ) : (
          <List>
            {missing.map((text) => (
              <List.Item key={text}>{text}</List.Item>
            ))}
          </List>
        )}
      </BlockStack>
    </Card>
  );
}
