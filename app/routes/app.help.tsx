import { Page, BlockStack, Text } from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import { FactsCard } from "#app/ui/FactsCard.tsx";

export const handle = { texts: ["help"] };

/** What every figure and word of the app means, exactly; the rules are those of the code that computes them. */
const TOPICS = {
  suggestions: ["support", "lift", "extraProfit", "interval", "kinds", "replay"],
  price: ["discount", "margin", "onePrice"],
  proof: ["holdout", "incremental", "redeemed", "autopilot"],
  learning: ["score", "baseline", "backend"],
} as const;

export default function HelpPage() {
  const { t } = useTranslation("help");
  return (
    <Page title={t("title")} subtitle={t("subtitle")}>
      <BlockStack gap="500">
        {Object.entries(TOPICS).map(([topic, terms]) => (
          <BlockStack key={topic} gap="200">
            <Text as="h2" variant="headingMd">
              {t(`topic.${topic}`)}
            </Text>
            <FactsCard items={terms.map((term) => ({ term: t(`term.${term}`), text: t(`text.${term}`) }))} />
          </BlockStack>
        ))}
      </BlockStack>
    </Page>
  );
}
