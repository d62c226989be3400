import { Text } from "@shopify/polaris";
import type { ReactNode } from "react";

interface FiguresTableProps {
  /** Accessible name of the table. */
  readonly label: string;
  /** Indices of the text columns, from 0; the others hold figures. */
  readonly textColumns?: readonly number[];
  /** An empty string for a column without a heading. */
  readonly headings: readonly string[];
  /** The first cell is the row's heading. */
  readonly rows: readonly (readonly ReactNode[])[];
  readonly totals?: readonly string[];
}

const PADDING = "var(--p-space-200) var(--p-space-300) var(--p-space-200) 0";
/** Wraps long headings, which would otherwise widen their column. */
const MOST_HEADING = "9rem";
/** Keeps names from wrapping at each word on a phone, where the figures scroll. */
const LEAST_NAME = "10rem";

/** A table of figures. It scrolls if it is wider than the window, and is focusable so that a keyboard can scroll it. */
export function FiguresTable(props: FiguresTableProps) {
  const { label, textColumns = [0], headings, rows, totals = [] } = props;
  const styleOf = (column: number) =>
    ({
      padding: PADDING,
      textAlign: textColumns.includes(column) ? "start" : "end",
      verticalAlign: "top",
    }) as const;
  return (
    <div style={{ overflowX: "auto" }} tabIndex={0} role="group" aria-label={label}>
      <table style={{ borderCollapse: "collapse", inlineSize: "100%" }}>
        <thead>
          <tr>
            {headings.map((heading, column) =>
              heading === "" ? (
                <td key={column} />
              ) : (
                <th key={column} scope="col" style={{ ...styleOf(column), maxInlineSize: MOST_HEADING }}>
                  <Text as="span" fontWeight="medium" tone="subdued">
                    {heading}
                  </Text>
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index} style={{ borderBlockStart: "1px solid var(--p-color-border-secondary)" }}>
              {row.map((cell, column) =>
                column === 0 ? (
                  <th
                    key={column}
                    scope="row"
                    style={{ ...styleOf(column), fontWeight: "inherit", minInlineSize: LEAST_NAME }}
                  >
                    {cell}
                  </th>
                ) : (
                  <td key={column} style={styleOf(column)}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr style={{ borderBlockStart: "1px solid var(--p-color-border)" }}>
            {totals.map((total, column) => (
              <td key={column} style={{ ...styleOf(column), fontWeight: "bold" }}>
                {total}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
