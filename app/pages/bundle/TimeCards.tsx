import { Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { BarsChart, ChartFigure, LinesChart } from "#app/ui/charts.tsx";
import { FactRows } from "#app/ui/FactRows.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { BundlePage } from "./read-bundle-page.server.ts";

/** When all of it was bought together, and in which orders. */
export function SeasonCard({ season: { months, facts } }: Pick<BundlePage, "season">) {
  const { t } = useTranslation("bundle");
  if (months.length === 0) return <TitledCard title={t("season.title")} note={t("season.none")} />;
  return (
    <TitledCard title={t("season.title")} note={t("season.text")}>
      <ChartFigure
        label={t("season.title")}
        chart={
          <LinesChart
            series={[{ name: t("season.orders"), values: months.map(({ orders }) => orders) }]}
            labels={months.map(({ label }) => label)}
            formatValue={(value) => String(value)}
          />
        }
        headings={[t("season.month"), t("season.orders")]}
        rows={months.map(({ label, orders }) => [label, orders])}
      />
      <FactRows facts={facts} />
    </TitledCard>
  );
}

/** The orders expected of each product, in all against its stock and day by day. */
export function ForecastCard({ forecast, daily }: Pick<BundlePage, "forecast" | "daily">) {
  const { t, i18n } = useTranslation("bundle");
  if (!forecast) return null;
  const title = t("forecast.title", { time: forecast.time });
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
  return (
    <TitledCard title={title} note={t("forecast.note")}>
      <ChartFigure
        label={title}
        chart={
          <BarsChart
            parts={[t("forecast.expected")]}
            rows={forecast.rows.map(({ title: label, stock, cover, ...orders }) => ({
              label,
              text: t("forecast.inStock", { stock, cover }),
              values: [orders.ordersExpected],
              range: [orders.ordersLow, orders.ordersHigh] as const,
            }))}
          />
        }
        headings={["product", "orders", "stock", "cover"].map((column) => t(`forecast.${column}`))}
        rows={forecast.rows.map(({ title: name, expected, stock, cover }) => [name, expected, stock, cover])}
      />
      {daily ? (
        <>
          <Text as="h3" variant="headingSm">
            {t("daily.title")}
          </Text>
          <ChartFigure
            label={t("daily.title")}
            chart={
              <LinesChart
                series={daily.series}
                labels={daily.days.map(({ label }) => label)}
                formatValue={(value) => number.format(value)}
              />
            }
            headings={[t("daily.day"), ...daily.series.map(({ name }) => name)]}
            rows={daily.days.map(({ label, orders }) => [label, ...orders])}
          />
        </>
      ) : null}
    </TitledCard>
  );
}
