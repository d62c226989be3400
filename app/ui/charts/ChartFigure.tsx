import { useTranslation } from "#app/locales/use-translation.ts";
import type { ReactNode } from "react";
import { FiguresTable } from "#app/ui/FiguresTable.tsx";

interface ChartFigureProps {
  /** What is drawn, for a screen reader that lands on the table. */
  readonly label: string;
  readonly chart: ReactNode;
  readonly headings: readonly string[];
  /** The first of each row is its name. */
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A chart, and the same figures as a table that opens below: who does not see the one reads the other. */
export function ChartFigure({ label, chart, headings, rows }: ChartFigureProps) {
  const { t } = useTranslation("common");
  return (
    <div>
      <div data-chart aria-hidden>
        {chart}
      </div>
      <details>
        <summary style={{ cursor: "pointer", paddingBlock: "var(--p-space-200)" }}>
          {t("chart.table")}
        </summary>
        <FiguresTable label={label} headings={headings} rows={rows} />
      </details>
    </div>
  );
}

/** Colours of a chart's series, in their order. */
export const SERIES_COLORS = ["#005bd3", "#29845a", "#d9a300", "#8e0b6f"] as const;

interface ChartLegendProps {
  readonly entries: readonly { readonly name: string; readonly color: string }[];
}

/** What each colour stands for. */
export function ChartLegend({ entries }: ChartLegendProps) {
  return (
    <div style={{ display: "flex", flexWrap: "wrap", gap: "var(--p-space-100) var(--p-space-400)" }}>
      {entries.map(({ name, color }) => (
        <span key={name} style={{ display: "flex", alignItems: "center", gap: "var(--p-space-150)" }}>
          <span
            style={{ background: color, blockSize: "0.5rem", inlineSize: "0.5rem", borderRadius: "50%" }}
          />
          {name}
        </span>
      ))}
    </div>
  );
}
