import { BlockStack, Button, Collapsible } from "@shopify/polaris";
import { Suspense, useEffect, useId, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";

interface ChartFigureProps {
  /** What is drawn, for a screen reader that lands on the table. */
  readonly label: string;
  /** Held free for the chart, so that nothing moves when it comes; a CSS length. */
  readonly height: string;
  readonly chart: ReactNode;
  readonly headings: readonly string[];
  /** The first of each row is its name. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A chart, and the same figures as a table behind a button: who does not see the one reads the other. */
export function ChartFigure({ label, height, chart, headings, rows }: ChartFigureProps) {
  const { t } = useTranslation("common");
  const tableId = useId();
  const [isTableOpen, setTableOpen] = useState(false);
  // A chart measures itself, so the server leaves its place empty.
  const [isMounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  return (
    <BlockStack gap="300">
      <div style={{ blockSize: height }} aria-hidden>
        {isMounted ? <Suspense fallback={null}>{chart}</Suspense> : null}
      </div>
      <div>
        <Button
          variant="plain"
          disclosure={isTableOpen ? "up" : "down"}
          ariaExpanded={isTableOpen}
          ariaControls={tableId}
          onClick={() => setTableOpen(!isTableOpen)}
        >
          {t("chart.table")}
        </Button>
      </div>
      <Collapsible open={isTableOpen} id={tableId}>
        <FiguresTable
          label={label}
          columnContentTypes={headings.map((_, index) => (index === 0 ? "text" : "numeric"))}
          headings={[...headings]}
          rows={rows.map((row) => [...row])}
        />
      </Collapsible>
    </BlockStack>
  );
}
