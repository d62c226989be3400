import { BlockStack, Card, Text } from "@shopify/polaris";
import { lazy } from "react";
import { useTranslation } from "react-i18next";
import { ChartFigure } from "./ChartFigure.tsx";

const BarsChart = lazy(() => import("./BarsChart.tsx"));

interface ForecastRow {
  readonly title: string;
  readonly ordersLow: number;
  readonly ordersExpected: number;
  readonly ordersHigh: number;
  /** Null where the shop does not track it. */
  readonly stockUnits: number | null;
  readonly expected: string;
  readonly stock: string;
  readonly cover: string;
}

interface ForecastCardProps {
  /** What is forecast, as text: "28 days". */
  readonly time: string;
  readonly rows: readonly ForecastRow[];
}

/** Room for the four bars of one product. */
const ROW_REM = 6;
const AXES_REM = 5;

/** The orders expected of each product with their range, against what is in stock. */
export function ForecastCard({ time, rows }: ForecastCardProps) {
  const { t } = useTranslation("bundle");
  const toSeries = (name: string, valueOf: (row: ForecastRow) => number | null) => ({
    name,
    points: rows.map((row) => ({ label: row.title, value: valueOf(row) })),
  });
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
          height={`${AXES_REM + ROW_REM * rows.length}rem`}
          chart={
            <BarsChart
              shape="lying"
              formatValue={(value) => String(Math.round(value))}
              series={[
                toSeries(t("forecast.low"), ({ ordersLow }) => ordersLow),
                toSeries(t("forecast.expected"), ({ ordersExpected }) => ordersExpected),
                toSeries(t("forecast.high"), ({ ordersHigh }) => ordersHigh),
                toSeries(t("forecast.stock"), ({ stockUnits }) => stockUnits),
              ]}
            />
          }
          headings={["product", "orders", "stock", "cover"].map((column) => t(`forecast.${column}`))}
          rows={rows.map(({ title, expected, stock, cover }) => [title, expected, stock, cover])}
        />
      </BlockStack>
    </Card>
  );
}
