import { BlockStack, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";

export interface SoldFigures {
  readonly orders: number;
  readonly revenue: string;
  /** Orders in 28 days as they were expected. */
  readonly expected: { readonly value: string; readonly low: string; readonly high: string } | null;
  /** Days since it was approved, where these are fewer. */
  readonly sinceDays: number | null;
}

/** What an approved bundle sold, above what was expected of it. */
export function SoldCell({ sold: { orders, revenue, expected, sinceDays } }: { sold: SoldFigures }) {
  const { t } = useTranslation("bundles");
  return (
    <BlockStack gap="050">
      <Text as="span" numeric>
        {t("sold.orders", { count: orders, revenue })}
      </Text>
      {expected ? (
        <Text as="span" tone="subdued" variant="bodySm" numeric>
          {t("sold.expected", expected)}
        </Text>
      ) : null}
      {sinceDays === null ? null : (
        <Text as="span" tone="subdued" variant="bodySm">
          {sinceDays === 0 ? t("sold.today") : t("sold.since", { count: sinceDays })}
        </Text>
      )}
    </BlockStack>
  );
}
