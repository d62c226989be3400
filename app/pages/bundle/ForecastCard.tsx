import { BlockStack, Card, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { BarsChart } from "#app/ui/charts/BarsChart.tsx";
import { ChartFigure } from "#app/ui/charts/ChartFigure.tsx";

interface ForecastRow {
  readonly title: string;
  readonly ordersLow: number;
  readonly ordersExpected: number;
  readonly ordersHigh: number;
  readonly expected: string;
  readonly stock: string;
  readonly cover: string;
}

interface ForecastCardProps {
  /** What is forecast, as text: "28 days". */
  readonly time: string;
  readonly rows: readonly ForecastRow[];
}

/** The orders expected of each product with their range, against what is in stock. */
export function ForecastCard({ time, rows }: ForecastCardProps) {
  const { t } = useTranslation("bundle");
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("forecast.title", { time })}
        </Text>
        <Text as="p" tone="subdued">
          {t("forecast.note")}
        </Text>
        <ChartFigure
          label={t("forecast.title", { time })}
          chart={
            <BarsChart
              parts={[t("forecast.expected")]}
              rows={rows.map(({ title, ordersExpected, ordersLow, ordersHigh, expected, stock, cover }) => ({
                label: title,
                text: `${expected} · ${t("forecast.inStock", { stock, cover })}`,
                values: [ordersExpected],
                range: [ordersLow, ordersHigh],
              }))}
            />
          }
          headings={["product", "orders", "stock", "cover"].map((column) => t(`forecast.${column}`))}
          rows={rows.map(({ title, expected, stock, cover }) => [title, expected, stock, cover])}
        />
      </BlockStack>
    </Card>
  );
}
