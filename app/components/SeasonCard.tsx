import { BlockStack, Button, Card, Collapsible, Text } from "@shopify/polaris";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { FactRows, type Fact } from "./FactList.tsx";
import { FiguresTable } from "./FiguresTable.tsx";

const MonthBars = lazy(() => import("./MonthBars.tsx"));

interface SeasonView {
  /** Every month from the first such order to now, also those without one. */
  readonly months: readonly { readonly label: string; readonly orders: number }[];
  readonly facts: readonly Fact[];
}

/** Held free for the chart, so that nothing moves when it comes. */
const CHART_HEIGHT = "14rem";

/** When all products of a bundle were bought together, and in which orders: a chart and the same as a table. */
export function SeasonCard({ season }: { readonly season: SeasonView }) {
  const { t } = useTranslation("bundle");
  const [isTableOpen, setTableOpen] = useState(false);
  // The chart measures itself, so the server leaves its place empty.
  const [isMounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
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
            <div style={{ blockSize: CHART_HEIGHT }} aria-hidden>
              {isMounted ? (
                <Suspense fallback={null}>
                  <MonthBars name={t("season.orders")} months={months} />
                </Suspense>
              ) : null}
            </div>
            <div>
              <Button
                variant="plain"
                disclosure={isTableOpen ? "up" : "down"}
                ariaExpanded={isTableOpen}
                ariaControls="season-table"
                onClick={() => setTableOpen(!isTableOpen)}
              >
                {t("season.table")}
              </Button>
            </div>
            <Collapsible open={isTableOpen} id="season-table">
              <FiguresTable
                label={t("season.title")}
                columnContentTypes={["text", "numeric"]}
                headings={[t("season.month"), t("season.orders")]}
                rows={months.map(({ label, orders }) => [label, orders])}
              />
            </Collapsible>
          </>
        )}
      </BlockStack>
    </Card>
  );
}
