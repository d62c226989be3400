import { BlockStack, Card, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { ChartFigure } from "#app/ui/charts/ChartFigure.tsx";
import { LinesChart } from "#app/ui/charts/LinesChart.tsx";
import { FactRows, type Fact } from "#app/ui/FactList.tsx";

interface SeasonView {
  /** Every month from the first such order to now, also those without one. */
  readonly months: readonly { readonly label: string; readonly orders: number }[];
  readonly facts: readonly Fact[];
}

/** When all products of a bundle were bought together, and in which orders. */
export function SeasonCard({ season }: { readonly season: SeasonView }) {
  const { t } = useTranslation("bundle");
  const { months, facts } = season;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("season.title")}
        </Text>
        {months.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("season.none")}
          </Text>
        ) : (
          <>
            <FactRows facts={facts} />
            <ChartFigure
              label={t("season.title")}
              chart={
                <LinesChart
                  series={[{ name: t("season.orders"), values: months.map(({ orders }) => orders) }]}
                  labels={months.map(({ label }) => label)}
                  formatValue={(value) => String(Math.round(value))}
                />
              }
              headings={[t("season.month"), t("season.orders")]}
              rows={months.map(({ label, orders }) => [label, orders])}
            />
          </>
        )}
      </BlockStack>
    </Card>
  );
}
