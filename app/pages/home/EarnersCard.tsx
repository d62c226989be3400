import { BlockStack, Card, InlineStack, Link, Text } from "@shopify/polaris";
import { useTranslation } from "react-i18next";

interface EarnersCardProps {
  /** What they were paid for in, days until now. */
  readonly days: number;
  /** The most revenue first. */
  readonly bundles: readonly {
    readonly id: string;
    readonly title: string;
    readonly revenue: string;
    readonly orders: number;
    /** Visitors who had it in view. */
    readonly seen: string;
  }[];
}

/** What earned what: the bundles that were paid for, by what was paid. */
export function EarnersCard({ days, bundles }: EarnersCardProps) {
  const { t } = useTranslation("home");
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("earners.title", { days })}
        </Text>
        <BlockStack as="ol" gap="200">
          {bundles.map(({ id, title, revenue, orders, seen }) => (
            <li key={id}>
              <InlineStack align="space-between" blockAlign="start" gap="400" wrap={false}>
                <BlockStack gap="050">
                  <Link url={`/app/suggestions/${id}`} removeUnderline>
                    {title}
                  </Link>
                  <Text as="span" tone="subdued" variant="bodySm">
                    {t("earners.note", { orders: t("figure.orders", { count: orders }), seen })}
                  </Text>
                </BlockStack>
                <Text as="span" fontWeight="semibold" numeric>
                  {revenue}
                </Text>
              </InlineStack>
            </li>
          ))}
        </BlockStack>
      </BlockStack>
    </Card>
  );
}
