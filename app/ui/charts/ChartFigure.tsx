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
        <FiguresTable
          label={label}
          columnContentTypes={headings.map((_, index) => (index === 0 ? "text" : "numeric"))}
          headings={headings}
          rows={rows}
        />
      </details>
    </div>
  );
}
