import { BlockStack, Button, Card, Collapsible, Text } from "@shopify/polaris";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";
import type { Range } from "#app/ui/RangeFigure.tsx";

const TrackLines = lazy(() => import("./TrackLines.tsx"));

interface TrackPoint {
  readonly day: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly range: Range;
}

/** Held free for the chart, so that nothing moves when it comes. */
const CHART_HEIGHT = "16rem";

/** The chart takes the focus, and the table says the same to a keyboard; React 18 knows no property for it. */
const OUT_OF_REACH = { inert: "" };

/** How the main figure and its range have moved over the measuring period: a chart and the same as a table. */
export function TrackCard({ points }: { readonly points: readonly TrackPoint[] }) {
  const { t } = useTranslation("results");
  const [isTableOpen, setTableOpen] = useState(false);
  // The chart measures itself, so the server leaves its place empty.
  const [isMounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("track.title")}
        </Text>
        {points.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("track.none")}
          </Text>
        ) : (
          <>
            <Text as="p" tone="subdued">
              {t("track.text")}
            </Text>
            <div style={{ blockSize: CHART_HEIGHT }} aria-hidden {...OUT_OF_REACH}>
              {isMounted ? (
                <Suspense fallback={null}>
                  <TrackLines
                    points={points}
                    names={{ value: t("term.perVisitor"), low: t("track.low"), high: t("track.high") }}
                  />
                </Suspense>
              ) : null}
            </div>
            <div>
              <Button
                variant="plain"
                disclosure={isTableOpen ? "up" : "down"}
                ariaExpanded={isTableOpen}
                ariaControls="track-table"
                onClick={() => setTableOpen(!isTableOpen)}
              >
                {t("track.table")}
              </Button>
            </div>
            <Collapsible open={isTableOpen} id="track-table">
              <FiguresTable
                label={t("track.title")}
                columnContentTypes={["text", "numeric", "text"]}
                headings={["day", "perVisitor", "range"].map((column) => t(`column.${column}`))}
                rows={points.toReversed().map(({ day, range }) => [day, range.value, range.interval])}
              />
            </Collapsible>
          </>
        )}
      </BlockStack>
    </Card>
  );
}
