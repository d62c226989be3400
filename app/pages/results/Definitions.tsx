import { BlockStack, Card, DescriptionList, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";

const TERMS = ["groups", "period", "perVisitor", "incremental", "range", "redeemed"] as const;

/** What each figure of the results means, exactly. */
export function Definitions() {
  const { t } = useTranslation("results");
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("definitions.open")}
        </Text>
        <DescriptionList
          items={TERMS.map((term) => ({ term: t(`term.${term}`), description: t(`definition.${term}`) }))}
        />
      </BlockStack>
    </Card>
  );
}
