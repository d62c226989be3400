import { BlockStack, Card, Text } from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import { ChartFigure } from "#app/ui/charts/ChartFigure.tsx";
import { LinesChart } from "#app/ui/charts/LinesChart.tsx";
import type { Range } from "#app/ui/RangeFigure.tsx";

interface TrackPoint {
  readonly day: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly range: Range;
}

/** How the main figure and its range have moved over the measuring period: a chart and the same as a table. */
export function TrackCard({ points }: { readonly points: readonly TrackPoint[] }) {
  const { t, i18n } = useTranslation("results");
  const number = new Intl.NumberFormat(i18n.language, { maximumSignificantDigits: 3 });
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("track.title")}
        </Text>
        <Text as="p" tone="subdued">
          {t(points.length === 0 ? "track.none" : "track.text")}
        </Text>
        {points.length === 0 ? null : (
          <ChartFigure
            label={t("track.title")}
            chart={
              <LinesChart
                labels={points.map(({ day }) => day)}
                formatValue={(value) => number.format(value)}
                series={[
                  { name: t("term.perVisitor"), values: points.map(({ value }) => value) },
                  { name: t("track.low"), values: points.map(({ low }) => low), isBound: true },
                  { name: t("track.high"), values: points.map(({ high }) => high), isBound: true },
                ]}
              />
            }
            headings={["day", "perVisitor", "range"].map((column) => t(`column.${column}`))}
            rows={points.toReversed().map(({ day, range }) => [day, range.value, range.interval])}
          />
        )}
      </BlockStack>
    </Card>
  );
}
