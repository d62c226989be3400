import { useTranslation } from "react-i18next";
import type { ReactNode } from "react";

interface ChartFigureProps {
  /** What is drawn, for a screen reader that lands on the table. */
  readonly label: string;
  readonly chart: ReactNode;
  readonly headings: readonly string[];
  /** The first of each row is its name. */
  readonly rows: readonly (readonly (string | number)[])[];
}

const CELL = { padding: "var(--p-space-100) var(--p-space-200)", textAlign: "start" } as const;

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
        {/* Where it is wider than the window it is scrolled, which a keyboard can only where it takes the focus. */}
        <div style={{ overflowX: "auto" }} tabIndex={0} role="group" aria-label={label}>
          <table style={{ borderCollapse: "collapse", inlineSize: "100%" }}>
            <thead>
              <tr>
                {headings.map((heading) => (
                  <th key={heading} scope="col" style={CELL}>
                    {heading}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <tr key={index} style={{ borderBlockStart: "1px solid var(--p-color-border-secondary)" }}>
                  {row.map((cell, column) => (
                    <td key={column} style={CELL}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </div>
  );
}
