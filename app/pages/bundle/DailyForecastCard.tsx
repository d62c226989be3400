import { BlockStack, Card, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { ChartFigure } from "#app/ui/charts/ChartFigure.tsx";
import { LinesChart } from "#app/ui/charts/LinesChart.tsx";

interface DailyForecastCardProps {
  /** Every day of the forecast, with the orders of each product as text, in the order of the series. */
  readonly days: readonly { readonly label: string; readonly orders: readonly string[] }[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** The orders expected of each product day by day; the ranges stand in the table. */
export function DailyForecastCard({ days, series }: DailyForecastCardProps) {
  const { t, i18n } = useTranslation("bundle");
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("daily.title")}
        </Text>
        <Text as="p" tone="subdued">
          {t("daily.note")}
        </Text>
        <ChartFigure
          label={t("daily.title")}
          chart={
            <LinesChart
              series={series}
              labels={days.map(({ label }) => label)}
              formatValue={(value) => number.format(value)}
            />
          }
          headings={[t("daily.day"), ...series.map(({ name }) => name)]}
          rows={days.map(({ label, orders }) => [label, ...orders])}
        />
      </BlockStack>
    </Card>
  );
}
