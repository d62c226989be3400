import { BlockStack, Card, Text } from "@shopify/polaris";
import { lazy } from "react";
import { useTranslation } from "react-i18next";
import { ChartFigure } from "#app/ui/charts/ChartFigure.tsx";
import { FactRows } from "#app/ui/FactList.tsx";

const BarsChart = lazy(() => import("#app/ui/charts/BarsChart.tsx"));

interface ForecastRow {
  readonly title: string;
  readonly ordersLow: number;
  readonly ordersExpected: number;
  readonly ordersHigh: number;
  /** Null where stock does not limit sales. */
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

/** Beyond so many times the orders expected, a bar of the stock would leave nothing to be seen of them. */
const MOST_STOCK = 4;
/** Room for the four bars of one product. */
const ROW_REM = 6;
const AXES_REM = 5;

/** The orders expected of each product with their range, against what is in stock. */
export function ForecastCard({ time, rows }: ForecastCardProps) {
  const { t, i18n } = useTranslation("bundle");
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 0 });
  const mostOrders = Math.max(...rows.map(({ ordersHigh }) => ordersHigh));
  const isStockDrawn = rows.some(
    ({ stockUnits }) => stockUnits !== null && stockUnits <= MOST_STOCK * mostOrders,
  );
  const toSeries = (name: string, valueOf: (row: ForecastRow) => number | null) => ({
    name,
    points: rows.map((row) => ({ label: row.title, value: valueOf(row) })),
  });
  const drawnStock = ({ stockUnits }: ForecastRow) =>
    stockUnits === null ? null : Math.min(stockUnits, MOST_STOCK * mostOrders);
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("forecast.title", { time })}
        </Text>
        <Text as="p" tone="subdued">
          {t("forecast.note")}
        </Text>
        <FactRows
          facts={rows.map(({ title, stock, cover }) => ({
            term: title,
            value: t("forecast.inStock", { stock, cover }),
          }))}
        />
        <ChartFigure
          label={t("forecast.title", { time })}
          height={`${AXES_REM + ROW_REM * rows.length}rem`}
          chart={
            <BarsChart
              shape="lying"
              formatValue={(value) => number.format(value)}
              series={[
                toSeries(t("forecast.low"), ({ ordersLow }) => ordersLow),
                toSeries(t("forecast.expected"), ({ ordersExpected }) => ordersExpected),
                toSeries(t("forecast.high"), ({ ordersHigh }) => ordersHigh),
                ...(isStockDrawn ? [toSeries(t("forecast.stock"), drawnStock)] : []),
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
